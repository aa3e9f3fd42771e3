import Tensors

/// The places of some orders, filled one after the other.
public struct PlaceChoices: ChoiceWalk {
  private let items: Int
  /// The log-scores of the items left in each row, -infinity for those placed.
  private var left: [Double]

  init(logScores: Tensor, samples: Int) {
    items = logScores.shape[logScores.rank - 1]
    let scores = logScores.scalars.map { Double($0) }
    left = (0..<samples).flatMap { _ in scores }
  }

  public var rows: Int { left.count / max(1, items) }

  public func logProbabilities() -> [Double] {
    var result = left
    for row in 0..<rows {
      let range = row * items..<(row + 1) * items
      let sum = logSumExp(Array(left[range]))
      for place in range { result[place] -= sum }
    }
    return result
  }

  public mutating func take(_ choices: [Int32]) {
    checkChoices(choices, of: items)
    for (row, item) in choices.enumerated() { left[row * items + Int(item)] = -.infinity }
  }

  public mutating func select(_ places: [Int]) {
    left = places.flatMap { left[$0 * items..<($0 + 1) * items] }
  }
}

extension TopPlackettLuce: ChoiceLaw {
  public var choiceCount: Int { places }

  public func choices(samples: Int) -> PlaceChoices {
    PlaceChoices(logScores: logScores, samples: samples)
  }

  public func choices(of sample: Orders) -> [Int32] { sample.indices.values }

  public func sample(_ samples: Int, of choices: [Int32]) -> Orders {
    Orders(
      Indices(shape: [samples] + batch + [places]) { _ = $0.update(from: choices) },
      itemCount: whole.itemCount)
  }
}

extension PlackettLuce: ChoiceLaw {
  public var choiceCount: Int { itemCount }

  public func choices(samples: Int) -> PlaceChoices { top(itemCount).choices(samples: samples) }

  public func choices(of sample: Orders) -> [Int32] { sample.indices.values }

  public func sample(_ samples: Int, of choices: [Int32]) -> Orders {
    top(itemCount).sample(samples, of: choices)
  }
}
