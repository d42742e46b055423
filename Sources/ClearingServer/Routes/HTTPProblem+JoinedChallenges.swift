internal import HTTPTypes
internal import ServerSupport

extension HTTPProblem {
    /// The same with all challenges in one `WWW-Authenticate` field, as a list (RFC 9110, sections 5.3 and 11.6.1): of
    /// several fields in the answer to an auth sub-request nginx hands on one.
    var joiningChallenges: HTTPProblem {
        var problem = self
        let challenges = headers[values: .wwwAuthenticate]
        if challenges.count > 1 { problem.headers[.wwwAuthenticate] = challenges.joined(separator: ", ") }
        return problem
    }
}
