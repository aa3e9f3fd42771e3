import SwiftDiscrete

/// Images and their labels.
struct Examples {
  /// [images, height, width, 1], in 0...1.
  let images: Tensor
  let labels: [Int]

  init(_ set: ImageSet, _ chosen: some Collection<Int>) {
    let scale = 1 / Scalar(set.maximum)
    var pixels: [Scalar] = []
    for image in chosen { pixels += set.pixels(of: image).map { Scalar($0) * scale } }
    images = Tensor(pixels, shape: [chosen.count, set.height, set.width, 1])
    labels = chosen.map { set.label(of: $0) ?? 0 }
  }

  /// 1 where an example, a row, has the label of another, a column.
  func sameLabel(as others: Examples) -> Tensor {
    Tensor(
      labels.flatMap { label in others.labels.map { $0 == label ? 1 : 0 } },
      shape: [labels.count, others.labels.count])
  }
}

/// Points of known labels, among which the nearest of others vote.
struct Neighbors {
  /// [n, d].
  let points: Tensor
  let labels: [Int]

  /// The share of queries [m, d] whose k nearest points vote for their label; of as many votes the
  /// nearer one's wins.
  func accuracy(of queries: Tensor, labels truth: [Int], k: Int) -> Double {
    var right = 0
    for start in stride(from: 0, to: truth.count, by: 200) {
      let rows = start..<min(truth.count, start + 200)
      let distances = squaredDistances(from: queries.sliced(along: 0, rows), to: points)
      distances.withPointer { distances in
        for row in rows {
          let own = UnsafeBufferPointer(
            rebasing: distances[(row - start) * labels.count..<(row - start + 1) * labels.count])
          if vote(of: nearest(k, own)) == truth[row] { right += 1 }
        }
      }
    }
    return Double(right) / Double(truth.count)
  }

  /// The places of the k least, the least first.
  private func nearest(_ k: Int, _ distances: UnsafeBufferPointer<Scalar>) -> [Int] {
    var best: [Int] = []
    for place in distances.indices
    where best.count < k || distances[place] < distances[best[k - 1]] {
      let at = best.firstIndex { distances[place] < distances[$0] } ?? best.count
      best.insert(place, at: at)
      if best.count > k { best.removeLast() }
    }
    return best
  }

  private func vote(of nearest: [Int]) -> Int? {
    var votes: [Int: Int] = [:]
    for place in nearest { votes[labels[place], default: 0] += 1 }
    let most = votes.values.max()
    return nearest.map { labels[$0] }.first { votes[$0] == most }
  }
}
