/* The functions are written in Swift, which checks them against this header. */
#include "portes.h"
