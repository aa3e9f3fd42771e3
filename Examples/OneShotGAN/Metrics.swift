import RealModule
import SwiftDiscrete

/// Rows of bits in words, for distances.
struct PackedBits {
  let words: [[UInt64]]

  init(_ bits: Tensor) {
    let (rows, width, scalars) = (bits.shape[0], bits.shape[1], bits.scalars)
    words = (0..<rows).map { row in
      var words = [UInt64](repeating: 0, count: (width + 63) / 64)
      for place in 0..<width where scalars[row * width + place] > 0.5 {
        words[place / 64] |= 1 << UInt64(place % 64)
      }
      return words
    }
  }

  var distinct: Int { Set(words).count }

  /// The sum of k(x, y) over all rows of both, of one and the same only x before y.
  func kernelSum(_ other: PackedBits, isSame: Bool, table: [Double]) -> Double {
    var sum = 0.0
    for (place, x) in words.enumerated() {
      for y in isSame ? other.words[(place + 1)...] : other.words[...] {
        var distance = 0
        for word in x.indices { distance += (x[word] ^ y[word]).nonzeroBitCount }
        sum += table[distance]
      }
    }
    return sum
  }
}

/// The squared maximum mean discrepancy of two samples, without bias, for the kernel exp(-distance
/// / scale) of Hamming distances.
///
/// 0 for samples of one law, about; it may come out below. Gretton et al. (2012), A kernel
/// two-sample test.
func discrepancy(_ a: PackedBits, _ b: PackedBits, bits: Int, scale: Double) -> Double {
  let table = (0...bits).map { Double.exp(-Double($0) / scale) }
  let (n, m) = (Double(a.words.count), Double(b.words.count))
  return a.kernelSum(a, isSame: true, table: table) * 2 / (n * (n - 1))
    + b.kernelSum(b, isSame: true, table: table) * 2 / (m * (m - 1))
    - a.kernelSum(b, isSame: false, table: table) * 2 / (n * m)
}

/// What one looks at in graphs: the share of nodes of each degree, and triangles.
struct GraphStatistics {
  let degrees: [Double]
  let triangles: Double

  init(_ pictures: Tensor, nodes: Int) {
    let (count, scalars) = (pictures.shape[0], pictures.scalars)
    var degrees = [Double](repeating: 0, count: nodes)
    var triangles = 0
    for graph in 0..<count {
      func isEdge(_ a: Int, _ b: Int) -> Bool { scalars[(graph * nodes + a) * nodes + b] > 0.5 }
      for a in 0..<nodes {
        degrees[(0..<nodes).filter { isEdge(a, $0) }.count] += 1 / Double(count * nodes)
        for b in (a + 1)..<nodes where isEdge(a, b) {
          triangles += ((b + 1)..<nodes).filter { isEdge(a, $0) && isEdge(b, $0) }.count
        }
      }
    }
    self.degrees = degrees
    self.triangles = Double(triangles) / Double(count)
  }

  /// Half the sum of differences of the shares: 0 for equal ones, 1 for disjoint ones.
  func distance(to other: GraphStatistics) -> Double {
    zip(degrees, other.degrees).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
  }
}
