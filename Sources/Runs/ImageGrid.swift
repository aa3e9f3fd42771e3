import Formats
public import Tensors

/// Small gray images side by side, in sections of rows with space between.
public struct ImageGrid: Sendable {
  /// Width and height of one image, in pixels.
  public let side: (width: Int, height: Int)
  public let columns: Int
  private var sections: [[Tensor]] = []

  /// Space between images and between sections, in pixels of the image before it is enlarged.
  private static let gap = 2
  private static let sectionGap = 8
  private static let paper: UInt8 = 40

  /// Traps unless all three are positive.
  public init(width: Int, height: Int, columns: Int) {
    require(
      width > 0 && height > 0 && columns > 0, "a grid of \(columns) images of \(width) x \(height)")
    side = (width, height)
    self.columns = columns
  }

  /// Adds images [count, width * height] in [0, 1], white on black, below those there are.
  public mutating func append(_ images: Tensor) {
    require(
      images.rank == 2 && images.shape[1] == side.width * side.height,
      "images of shape \(images.shape) in a grid of \(side.width) x \(side.height)")
    sections.append((0..<images.shape[0]).map { images.sliced(along: 0, at: $0) })
  }

  /// The picture, every pixel enlarged to a square of `scale`.
  public func png(scale: Int = 2) -> [UInt8] {
    let (width, height, gray) = rendered(scale: scale)
    return PNG.encode(width: width, height: height, gray: gray)
  }

  /// The gray pixels of the picture, row by row from the top.
  func rendered(scale: Int) -> (width: Int, height: Int, gray: [UInt8]) {
    let gap = ImageGrid.gap
    let (cellWidth, cellHeight) = (side.width + gap, side.height + gap)
    let width = columns * cellWidth + gap
    let rows = sections.map { ($0.count + columns - 1) / columns }
    let height =
      rows.reduce(0) { $0 + $1 * cellHeight + gap }
      + ImageGrid.sectionGap * max(0, sections.count - 1)
    var canvas = [UInt8](repeating: ImageGrid.paper, count: width * height)
    var top = gap
    for (section, rowCount) in zip(sections, rows) {
      for (index, image) in section.enumerated() {
        let left = gap + index % columns * cellWidth
        let start = top + index / columns * cellHeight
        image.withPointer { pixels in
          for y in 0..<side.height {
            for x in 0..<side.width {
              let value = max(0, min(1, pixels[y * side.width + x]))
              canvas[(start + y) * width + left + x] = UInt8((value * 255).rounded())
            }
          }
        }
      }
      top += rowCount * cellHeight + gap + ImageGrid.sectionGap
    }
    var enlarged = [UInt8](repeating: 0, count: canvas.count * scale * scale)
    for y in 0..<(height * scale) {
      for x in 0..<(width * scale) {
        enlarged[y * width * scale + x] = canvas[y / scale * width + x / scale]
      }
    }
    return (width * scale, height * scale, enlarged)
  }
}
