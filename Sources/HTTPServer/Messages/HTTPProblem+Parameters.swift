extension HTTPProblem {
    /// 400: a parameter makes no sense.
    ///
    /// - Parameters:
    ///   - name: The parameter.
    ///   - problem: What follows its name, without a full stop.
    public static func invalidParameter(_ name: String, _ problem: String) -> HTTPProblem {
        HTTPProblem(status: .badRequest, code: "invalid_parameter", detail: "“\(name)” \(problem).", parameter: name)
    }

    /// 400: a parameter is given more often than it can be.
    public static func duplicateParameter(_ name: String) -> HTTPProblem {
        HTTPProblem(
            status: .badRequest, code: "duplicate_parameter",
            detail: "“\(name)” is given more than once. Give it once.", parameter: name)
    }

    /// 413: JSON over a limit.
    static func jsonTooLarge(_ detail: String, _ parameter: String? = nil) -> HTTPProblem {
        HTTPProblem(status: .contentTooLarge, code: "json_too_large", detail: detail, parameter: parameter)
    }
}
