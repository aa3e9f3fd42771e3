import Formats
import Tensors
import Testing

@testable import Runs

struct ImageGridTests {
  /// Three images of 2 x 1 pixels in two columns, then one image below.
  private func grid() -> ImageGrid {
    var grid = ImageGrid(width: 2, height: 1, columns: 2)
    grid.append(Tensor([0, 1, 0.5, 1, 1, 0], shape: [3, 2]))
    grid.append(Tensor([-1, 2], shape: [1, 2]))
    return grid
  }

  @Test("images stand row by row with gaps, sections below each other")
  func placement() {
    let (width, height, gray) = grid().rendered(scale: 1)
    #expect(width == 10)
    #expect(height == 2 + 3 * 2 + 8 + 2 + 3)
    func pixels(_ x: Int, _ y: Int) -> [UInt8] {
      Array(gray[(y * width + x)..<(y * width + x + 2)])
    }
    #expect(pixels(2, 2) == [0, 255])
    #expect(pixels(6, 2) == [128, 255])
    #expect(pixels(2, 5) == [255, 0])
    #expect(pixels(2, 18) == [0, 255], "values outside [0, 1] are clipped")
    let ink = gray.filter { $0 != gray[0] }.count
    #expect(ink == 8, "nothing else is drawn")
  }

  @Test("every pixel becomes a square", arguments: [2, 3])
  func scale(_ scale: Int) {
    let (width, height, gray) = grid().rendered(scale: 1)
    let large = grid().rendered(scale: scale)
    #expect(large.width == width * scale && large.height == height * scale)
    for (index, value) in large.gray.enumerated() {
      let (y, x) = (index / large.width / scale, index % large.width / scale)
      #expect(value == gray[y * width + x])
    }
  }

  @Test("the file is a PNG of the rendered size")
  func file() {
    let file = grid().png(scale: 3)
    #expect(file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    #expect(Array(file[16..<24]) == [0, 0, 0, 30, 0, 0, 0, 63])
  }

  @Test("a label makes room above its section, and what is wrong is framed in color")
  func labels() {
    var grid = ImageGrid(width: 8, height: 8, columns: 2)
    grid.append(Tensor([Scalar](repeating: 0, count: 128), shape: [2, 64]), label: "two")
    let plain = grid.png()
    #expect(Array(plain[16..<24]) == [0, 0, 0, 44, 0, 0, 0, 2 * (9 + 2 + 10)])
    #expect(plain[25] == 0, "a label is gray")
    var marked = ImageGrid(width: 8, height: 8, columns: 2)
    marked.append(
      Tensor([Scalar](repeating: 0, count: 128), shape: [2, 64]), label: "two", wrong: [1])
    #expect(marked.png()[25] == 2, "in color")
  }
}
