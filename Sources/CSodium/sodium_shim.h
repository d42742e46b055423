#ifndef PORTES_SODIUM_SHIM_H
#define PORTES_SODIUM_SHIM_H
#include <sodium.h>
#endif
