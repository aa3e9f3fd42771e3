import Formats
public import Tensors

/// Small gray images side by side, in sections of rows with space between, each below its label.
public struct ImageGrid: Sendable {
  /// Width and height of one image, in pixels.
  public let side: (width: Int, height: Int)
  public let columns: Int
  private var sections: [Section] = []

  private struct Section {
    let images: [Tensor]
    let label: String
    let wrong: Set<Int>
    /// Where its first row begins, below its label.
    let top: Int
    let rows: Int
  }

  /// Lengths in pixels of the image before it is enlarged: space between images and between
  /// sections, and the line of a label.
  private static let gap = 2
  private static let sectionGap = 8
  private static let labelHeight = 9
  private static let paper: UInt8 = 40
  private static let ink: Theme.RGB = (0.93, 0.93, 0.93)
  private static let mark = Theme.rgb(.series(1), .dark)

  /// Traps unless all three are positive.
  public init(width: Int, height: Int, columns: Int) {
    require(
      width > 0 && height > 0 && columns > 0, "a grid of \(columns) images of \(width) x \(height)")
    side = (width, height)
    self.columns = columns
  }

  /// Adds images [count, width * height] in [0, 1], white on black, below those there are.
  ///
  /// - Parameters:
  ///   - label: what they are, written above them; nothing where it is empty.
  ///   - wrong: numbers, from 0, of images that get a frame and a cut corner.
  public mutating func append(_ images: Tensor, label: String = "", wrong: Set<Int> = []) {
    require(
      images.rank == 2 && images.shape[1] == side.width * side.height,
      "images of shape \(images.shape) in a grid of \(side.width) x \(side.height)")
    let start = sections.isEmpty ? 0 : bottom + ImageGrid.sectionGap
    sections.append(
      Section(
        images: (0..<images.shape[0]).map { images.sliced(along: 0, at: $0) }, label: label,
        wrong: wrong,
        top: start + (label.isEmpty ? 0 : ImageGrid.labelHeight) + ImageGrid.gap,
        rows: (images.shape[0] + columns - 1) / columns))
  }

  private var width: Int { columns * (side.width + ImageGrid.gap) + ImageGrid.gap }

  /// Below all sections.
  private var bottom: Int {
    sections.last.map { $0.top + $0.rows * (side.height + ImageGrid.gap) } ?? 0
  }

  /// The upper left corner of an image of a section.
  private func corner(_ index: Int, of section: Section) -> (x: Int, y: Int) {
    (
      ImageGrid.gap + index % columns * (side.width + ImageGrid.gap),
      section.top + index / columns * (side.height + ImageGrid.gap)
    )
  }

  /// The picture, every pixel enlarged to a square of `scale`; in color where something is marked.
  public func png(scale: Int = 2) -> [UInt8] {
    let (width, height, gray) = rendered(scale: scale)
    guard sections.contains(where: { !$0.label.isEmpty || !$0.wrong.isEmpty }) else {
      return PNG.encode(width: width, height: height, gray: gray)
    }
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * gray.count) { buffer, count in
      for (place, value) in gray.enumerated() {
        for color in 0..<3 { buffer[3 * place + color] = value }
      }
      count = 3 * gray.count
    }
    var canvas = Canvas(width: width, height: height, pixels: pixels)
    for section in sections {
      write(section.label, above: section.top, scale: Double(scale), on: &canvas)
      for index in section.wrong.sorted() where index < section.images.count {
        mark(corner(index, of: section), scale: Double(scale), on: &canvas)
      }
    }
    guard sections.contains(where: { !$0.wrong.isEmpty }) else {
      // Labels are gray: a third of the bytes says as much.
      let gray = stride(from: 0, to: canvas.pixels.count, by: 3).map { canvas.pixels[$0] }
      return PNG.encode(width: width, height: height, gray: gray)
    }
    return PNG.encode(width: width, height: height, rgb: canvas.pixels)
  }

  /// Writes a label, smaller where it would not fit.
  private func write(_ label: String, above top: Int, scale: Double, on canvas: inout Canvas) {
    let room = Double(width - 2 * ImageGrid.gap) * scale
    let size = 6.5 * scale
    let text = StrokeText(label, size: size * min(1, room / StrokeText(label, size: size).width))
    canvas.write(
      text, at: (Double(ImageGrid.gap) * scale, (Double(top) - 3) * scale), ImageGrid.ink,
      weight: 0.55 * scale)
  }

  /// Frames an image in the gap around it, and cuts its upper right corner.
  private func mark(_ corner: (x: Int, y: Int), scale: Double, on canvas: inout Canvas) {
    let (left, top) = (Double(corner.x) * scale, Double(corner.y) * scale)
    let (right, bottom) = (
      left + Double(side.width) * scale, top + Double(side.height) * scale
    )
    let half = scale / 2
    canvas.stroke(
      [
        (left - half, top - half), (right + half, top - half), (right + half, bottom + half),
        (left - half, bottom + half), (left - half, top - half),
      ], ImageGrid.mark, width: scale)
    let cut = Double(min(side.width, side.height)) * scale / 4
    canvas.fill([(right - cut, top), (right, top), (right, top + cut)], ImageGrid.mark)
  }

  /// The gray pixels of the picture, row by row from the top, without labels and marks.
  func rendered(scale: Int) -> (width: Int, height: Int, gray: [UInt8]) {
    let (width, height) = (width, bottom)
    var canvas = [UInt8](repeating: ImageGrid.paper, count: width * height)
    for section in sections {
      for (index, image) in section.images.enumerated() {
        let (left, start) = corner(index, of: section)
        image.withPointer { pixels in
          for y in 0..<side.height {
            for x in 0..<side.width {
              let value = max(0, min(1, pixels[y * side.width + x]))
              canvas[(start + y) * width + left + x] = UInt8((value * 255).rounded())
            }
          }
        }
      }
    }
    var enlarged: [UInt8] = []
    enlarged.reserveCapacity(canvas.count * scale * scale)
    for y in 0..<height {
      let row = canvas[y * width..<(y + 1) * width].flatMap { repeatElement($0, count: scale) }
      for _ in 0..<scale { enlarged.append(contentsOf: row) }
    }
    return (width * scale, height * scale, enlarged)
  }
}
