import Learning
import Tensors
import Testing

struct ConvolutionExactnessTests {
  /// Images, filters and what is made of them; more places than a tile has, and sizes that fill no
  /// whole tile or group.
  struct Case: CustomStringConvertible, Sendable {
    var images: [Int]
    var size: Int
    var filters: Int
    var padding: Convolution.Padding
    var pools: Bool

    var description: String { "\(images), \(filters) of \(size), \(padding), pools \(pools)" }
  }

  private static let cases: [Case] = [
    .init(images: [2, 6, 7, 1], size: 5, filters: 3, padding: .same, pools: true),
    .init(images: [2, 6, 7, 2], size: 3, filters: 17, padding: .valid, pools: false),
    .init(images: [1, 5, 31, 3], size: 3, filters: 32, padding: .same, pools: false),
    .init(images: [3, 4, 5, 17], size: 2, filters: 2, padding: .valid, pools: true),
    .init(images: [70, 2, 3, 2], size: 1, filters: 1, padding: .same, pools: true),
    .init(images: [1, 2, 2, 2], size: 5, filters: 4, padding: .same, pools: false),
  ]

  @Test("responses equal a plain loop's", arguments: cases)
  func reference(_ own: Case) {
    var generator = Philox(seed: 31)
    var layer = Convolution(
      size: own.size, inputs: own.images[3], filters: own.filters, padding: own.padding,
      pools: own.pools, using: &generator)
    layer.bias = .randomNormal([own.filters], using: &generator)
    let x = Tensor.randomNormal(own.images, using: &generator)
    let (values, weight, bias) = (x.scalars, layer.weight.scalars, layer.bias.scalars)
    let (height, width, channels) = (own.images[1], own.images[2], own.images[3])
    let border = own.padding == .same ? own.size / 2 : 0
    let (rows, columns) = (
      height + 2 * border - own.size + 1, width + 2 * border - own.size + 1
    )
    func response(_ image: Int, _ row: Int, _ column: Int, _ filter: Int) -> Double {
      var sum = Double(bias[filter])
      for i in 0..<own.size {
        for j in 0..<own.size {
          let (y, x) = (row + i - border, column + j - border)
          guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
          for c in 0..<channels {
            sum +=
              Double(values[((image * height + y) * width + x) * channels + c])
              * Double(weight[((i * own.size + j) * channels + c) * own.filters + filter])
          }
        }
      }
      return sum
    }
    let found = layer(x)
    let step = own.pools ? 2 : 1
    #expect(found.shape == [own.images[0], rows / step, columns / step, own.filters])
    let results = found.scalars.map { Double($0) }
    var place = 0
    let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-13 : 2e-6
    for image in 0..<own.images[0] {
      for row in 0..<rows / step {
        for column in 0..<columns / step {
          for filter in 0..<own.filters {
            var expected = -Double.infinity
            for i in 0..<step {
              for j in 0..<step {
                expected = max(
                  expected, response(image, step * row + i, step * column + j, filter))
              }
            }
            #expect(abs(results[place] - expected) < tolerance * (1 + abs(expected)))
            place += 1
          }
        }
      }
    }
  }

  @Test("an image does not depend on its neighbors")
  func neighbors() {
    var generator = Philox(seed: 32)
    let layer = Convolution(
      size: 3, inputs: 2, filters: 20, padding: .same, pools: true, using: &generator)
    let x = Tensor.randomNormal([9, 8, 8, 2], using: &generator)
    let whole = layer(x)
    let part = layer(x.sliced(along: 0, 4..<6))
    #expect(whole.sliced(along: 0, 4..<6).scalars == part.scalars)
    #expect(layer(x.sliced(along: 0, 0..<0)).shape == [0, 4, 4, 20])
  }
}
