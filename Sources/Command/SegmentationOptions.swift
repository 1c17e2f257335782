import ArgumentParser
import Segmentation

/// The options of a segmentation, which the HTTP API has too, but for the prompts in words.
struct SegmentationOptions: ParsableArguments {
    @Option(help: .parameter("prompt_expr"))
    var promptExpr: [String] = []
    @Option(help: .parameter("prompt_image", valueName: "image"))
    var promptImage: [String] = []
    @Option(help: .parameter("prompt_mask", valueName: "image"))
    var promptMask: [String] = []
    @Option(help: .parameter("prompt_style"))
    var promptStyle: [String] = []
    @Option(help: .parameter("embedding", valueName: "numbers or .npy or JSON file"))
    var embedding: [String] = []
    @Option(help: .parameter("blend"))
    var blend: [String] = []
    @Option(help: .parameter("negative_prompt"))
    var negativePrompt: [String] = []
    @Option(help: .parameter("template"))
    var template: [String] = []
    @Option(help: .parameter("prompt_weight"))
    var promptWeight: [String] = []

    @Option(name: .customLong("as"), help: .parameter("as"))
    var kind: [String] = []
    @Option(help: .parameter("threshold"))
    var threshold: [String] = []
    @Option(help: .parameter("combine"))
    var combine: [String] = []
    @Option(help: .parameter("size"))
    var size: [String] = []
    @Flag(help: .parameter("components"))
    var components = false
    @Option(help: .parameter("mask_format"))
    var maskFormat: [String] = []

    @Option(help: .parameter("bit_depth"))
    var bitDepth: [String] = []
    @Option(help: .parameter("background"))
    var background: [String] = []
    @Flag(help: .parameter("crop"))
    var crop = false
    @Option(help: .parameter("margin"))
    var margin: [String] = []
    @Option(help: .parameter("alpha"))
    var alpha: [String] = []
    @Option(help: .parameter("colormap"))
    var colormap: [String] = []

    @Option(help: .parameter("refine"))
    var refine: [String] = []
    @Option(help: .parameter("refine_radius"))
    var refineRadius: [String] = []
    @Option(help: .parameter("refine_epsilon"))
    var refineEpsilon: [String] = []
    @Option(help: .parameter("smooth"))
    var smooth: [String] = []
    @Flag(help: .parameter("fill_holes"))
    var fillHoles = false
    @Option(help: .parameter("shrink"))
    var shrink: [String] = []
    @Option(help: .parameter("grow"))
    var grow: [String] = []
    @Option(help: .parameter("min_area"))
    var minArea: [String] = []
    @Flag(help: .parameter("largest_only"))
    var largestOnly = false
    @Flag(help: .parameter("invert"))
    var invert = false
    @Option(help: .parameter("feather"))
    var feather: [String] = []

    @Option(help: .parameter("decode"))
    var decode: [String] = []
    @Option(help: .parameter("resolution"))
    var resolution: [String] = []
    @Option(help: .parameter("fit"))
    var fit: [String] = []
    @Option(help: .parameter("tiles"))
    var tiles: [String] = []
    @Option(help: .parameter("overlap"))
    var overlap: [String] = []

    private var texts: [(name: String, values: [String])] {
        [
            ("prompt_expr", promptExpr), ("prompt_image", promptImage), ("prompt_mask", promptMask),
            ("prompt_style", promptStyle), ("embedding", embedding), ("blend", blend),
            ("negative_prompt", negativePrompt), ("template", template), ("prompt_weight", promptWeight), ("as", kind),
            ("threshold", threshold), ("combine", combine), ("size", size), ("mask_format", maskFormat),
            ("bit_depth", bitDepth), ("background", background), ("margin", margin), ("alpha", alpha),
            ("colormap", colormap), ("refine", refine), ("refine_radius", refineRadius),
            ("refine_epsilon", refineEpsilon), ("smooth", smooth), ("shrink", shrink), ("grow", grow),
            ("min_area", minArea), ("feather", feather), ("decode", decode), ("resolution", resolution), ("fit", fit),
            ("tiles", tiles), ("overlap", overlap),
        ]
    }

    private var flags: [(name: String, isSet: Bool)] {
        [
            ("components", components), ("crop", crop), ("fill_holes", fillHoles), ("largest_only", largestOnly),
            ("invert", invert),
        ]
    }

    /// What was given.
    func written() throws(InputError) -> WrittenParameters {
        var written = WrittenParameters()
        for (name, values) in texts { for value in values { try written.add(name, value) } }
        for (name, isSet) in flags where isSet { try written.add(name, "true") }
        return written
    }

    /// - Throws: `ValidationError` that names the option, without looking into any file.
    func validate(prompts: [String]) throws {
        do throws(InputError) {
            try written().validate(prompts: prompts)
        } catch {
            throw ValidationError(error.inOptions)
        }
    }
}

extension ArgumentHelp {
    /// What the table says of a parameter.
    static func parameter(_ name: String, valueName: String? = nil) -> ArgumentHelp {
        guard let parameter = SegmentationParameters.all.first(where: { $0.name == name }) else {
            // A name that is misspelt in this file: the tests of `--help` find it.
            preconditionFailure("an option for each parameter")
        }
        return ArgumentHelp("\(parameter.optionHelp)", valueName: valueName)
    }
}

extension Parameter {
    /// What it is for, what it can be, what it is if not given, and what it needs: as `--help` says it.
    var optionHelp: String {
        let needs = condition.map { condition in
            let option = "--" + condition.parameter.optionName
            let values = condition.values.map { $0.map { $0 == "true" ? option : "\(option) \($0)" } } ?? [option]
            let exception = condition.exception.map { " other than \($0)" } ?? ""
            return " Needs \(values.joined(separator: " or "))\(exception)."
        }
        guard kind != .flag, kind != .file, kind != .numbers, !isText else { return help + (needs ?? "") }
        let usual = defaultText.map { "; \($0) if not given" } ?? ""
        return "\(help) It can be \(kind.expectation)\(usual).\(needs ?? "")"
    }

    private var isText: Bool { if case .text = kind { true } else { false } }
}

extension String {
    /// The name of a parameter as the program's options spell it.
    var optionName: String { String(map { $0 == "_" ? "-" : $0 }) }
}
