import RealModule
public import Tensors

/// The items of some subsets, in or out, from the item of the least odds to that of the largest.
public struct SubsetChoices: ChoiceWalk {
  /// For each batch entry and item of descending odds, the log-probability that it is in given how
  /// many are left, [entries, items, size + 1].
  private let logs: [Double]
  private let items: Int
  private let size: Int
  private var entries: [Int]
  /// How many are to be chosen yet in each row.
  private var left: [Int]
  private var step = 0

  init(logs: [Double], items: Int, size: Int, entries: Int, samples: Int) {
    self.logs = logs
    self.items = items
    self.size = size
    self.entries = (0..<samples).flatMap { _ in 0..<entries }
    left = [Int](repeating: size, count: samples * entries)
  }

  public var rows: Int { entries.count }

  public func logProbabilities() -> [Double] {
    let item = items - 1 - step
    return (0..<rows).flatMap { row -> [Double] in
      if left[row] == 0 { return [0, -.infinity] }
      if left[row] == item + 1 { return [-.infinity, 0] }
      let log = min(0, logs[(entries[row] * items + item) * (size + 1) + left[row]])
      return [Double.log(-Double.expMinusOne(log)), log]
    }
  }

  public mutating func take(_ choices: [Int32]) {
    checkChoices(choices, of: 2)
    for (row, choice) in choices.enumerated() { left[row] -= Int(choice) }
    step += 1
  }

  public mutating func select(_ places: [Int]) {
    entries = places.map { entries[$0] }
    left = places.map { left[$0] }
  }
}

extension KSubset: ChoiceLaw {
  public var choiceCount: Int { itemCount }

  public func choices(samples: Int) -> SubsetChoices {
    let (n, k) = (itemCount, size)
    let odds = logits.scalars.map { Double($0) }
    var logs: [Double] = []
    for items in descending {
      let tables = KSubset.tables(items.map { odds[$0] }, size: k)
      for item in 0..<n {
        logs += (0...k).map { left in
          left == 0 ? -.infinity : chance(of: item, left, tables, items, odds)
        }
      }
    }
    return SubsetChoices(
      logs: logs, items: n, size: k, entries: batch.reduce(1, *), samples: samples)
  }

  public func choices(of sample: Bits) -> [Int32] {
    let scalars = sample.tensor.scalars
    return places(scalars.count / max(1, itemCount)).map { Int32(scalars[$0]) }
  }

  public func sample(_ samples: Int, of choices: [Int32]) -> Bits {
    var bits = [Scalar](repeating: 0, count: choices.count)
    for (choice, place) in places(choices.count / max(1, itemCount)).enumerated() {
      bits[place] = Scalar(choices[choice])
    }
    return Bits(Tensor(bits, shape: [samples] + batch + [itemCount]))
  }

  /// Where the bit of each choice of so many rows stands.
  private func places(_ rows: Int) -> [Int] {
    let (n, entries) = (itemCount, descending)
    return (0..<rows).flatMap { row in
      let entry = row % entries.count
      return entries[entry].reversed().map { (row - entry) * n + $0 }
    }
  }
}
