import Tensors

/// Uniform points.
struct RandomSearch: Search {
  let space: FreeSpace

  mutating func propose(using generator: inout Philox) -> Proposal? {
    Proposal(values: space.random(using: &generator))
  }

  mutating func learn(
    _ values: [Int32], cost: Double, mark: Int?, using generator: inout Philox
  ) {}
}
