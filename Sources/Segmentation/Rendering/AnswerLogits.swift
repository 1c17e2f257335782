import CLIPSeg
import Imaging

/// The logits of what the answer is about, one plane each, and where in them the picture is.
struct AnswerLogits: Sendable {
    let logits: Logits
    let window: PlaneWindow

    var count: Int { logits.prompts }

    init(_ logits: Logits, window: PlaneWindow? = nil) {
        self.logits = logits
        self.window =
            window ?? PlaneWindow(all: logits.size)
    }

    /// Puts together what the model said about each view of an image.
    init(_ answers: [Logits], _ views: ImageViews, _ prompts: [AnsweredPrompt]) {
        let window = views.window(in: answers[0].size)
        guard let seams = views.grid(window) else {
            self.init(answers[0].combined(prompts), window: window)
            return
        }
        var values: [Float] = []
        values.reserveCapacity(prompts.count * seams.image.pixels)
        for prompt in prompts {
            var blender = TileBlender(seams)
            for (number, answer) in answers.enumerated() {
                let logits = answer.combined([prompt])
                let (row, column) = number.quotientAndRemainder(dividingBy: seams.columns)
                blender.add(
                    FloatPlane(width: logits.width, height: logits.height, values: logits.values),
                    window: window, tileRow: row, tileColumn: column)
            }
            values += blender.plane().values
        }
        self.init(
            Logits(prompts: prompts.count, height: seams.image.height, width: seams.image.width, values: values))
    }

    /// The size of the part that shows the picture. The model answers with a logit a pixel, but for what is left over past
    /// the last whole patch.
    static func size(_ views: ImageViews, patch: Int) -> ImageSize {
        let pixels = views.views[0].pixels
        let window = views.window(
            in: ImageSize(width: pixels.width / patch * patch, height: pixels.height / patch * patch))
        if let seams = views.grid(window) { return seams.image }
        return ImageSize(width: max(1, Int(window.width.rounded())), height: max(1, Int(window.height.rounded())))
    }

    /// One prompt's plane.
    func plane(_ prompt: Int) -> FloatPlane {
        FloatPlane(width: logits.width, height: logits.height, values: logits.plane(prompt))
    }

    /// One prompt's logits at another size, row by row.
    func rows(_ prompt: Int, _ size: ImageSize) -> EnlargedRows {
        EnlargedRows(of: plane(prompt), window: window, width: size.width, height: size.height)
    }
}

extension Logits {
    /// That of one prompt's plane.
    fileprivate var size: ImageSize { ImageSize(width: width, height: height) }

    /// The logits of expressions of the prompts whose logits these are.
    fileprivate func combined(_ answers: [AnsweredPrompt]) -> Logits {
        let isIdentity =
            answers.count == prompts
            && answers.enumerated().allSatisfy { number, answer in
                answer.expression == .prompt(number) && answer.logOdds == 0
            }
        guard !isIdentity else { return self }
        let values = answers.flatMap { answer in
            answer.expression.logits(of: plane).map { $0 + answer.logOdds }
        }
        return Logits(prompts: answers.count, height: height, width: width, values: values)
    }
}

extension ImageViews {
    /// The part of an answer of that size about a view that shows the picture, or the tile.
    fileprivate func window(in answer: ImageSize) -> PlaneWindow {
        frame?.window(in: answer) ?? PlaneWindow(all: answer)
    }

    /// The tiles of a picture in which they are as large as they are `shown` in the model's answers; nil if there is one view.
    fileprivate func grid(_ shown: PlaneWindow) -> TileGrid? {
        guard let grid else { return nil }
        let tile = grid.tile(row: 0, column: 0)
        func scaled(_ length: Int, _ part: Float, of whole: Int, tiles: Int) -> Int {
            max(tiles, Int((Float(length) * min(1, part / Float(whole))).rounded()))
        }
        let size = ImageSize(
            width: scaled(grid.image.width, shown.width, of: tile.width, tiles: grid.columns),
            height: scaled(grid.image.height, shown.height, of: tile.height, tiles: grid.rows))
        return TileGrid(image: size, rows: grid.rows, columns: grid.columns, overlap: overlap)
    }
}
