import Foundation
import SwiftDiscrete

/// Days that are wet (1) or dry, each as the day before with probability 0.9.
struct Weather: ChoiceLaw {
  let choiceCount: Int
  var batch: [Int] { [] }

  func sample(_ samples: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    sample(
      samples,
      of: (0..<samples).flatMap { _ in
        var wet = Int32.random(in: 0...1, using: &generator)
        return (0..<choiceCount).map { _ in
          defer { if Int.random(in: 1...10, using: &generator) == 1 { wet = 1 - wet } }
          return wet
        }
      })
  }

  static func point(_ days: Bits) -> Tensor { days.tensor }

  func logProbability(_ days: Bits) -> Tensor {
    let (all, last) = (days.tensor, choiceCount - 1)
    let changes = (all.sliced(along: 1, 1..<choiceCount) - all.sliced(along: 1, 0..<last))
      .squared().sum(along: 1)
    return changes * log(0.1) + (Scalar(last) - changes) * log(0.9) + log(0.5)
  }

  func choices(of days: Bits) -> [Int32] { days.tensor.scalars.map { Int32($0) } }

  func sample(_ samples: Int, of choices: [Int32]) -> Bits {
    Bits(Tensor(choices.map { Scalar($0) }, shape: [samples, choiceCount]))
  }

  func choices(samples: Int) -> Days { Days(last: [Int32?](repeating: nil, count: samples)) }
}

/// The days of some years up to the last one that is known.
struct Days: ChoiceWalk {
  var last: [Int32?]
  var rows: Int { last.count }

  func logProbabilities() -> [Double] {
    last.flatMap { day in (0...1).map { day == nil ? log(0.5) : log(day == $0 ? 0.9 : 0.1) } }
  }

  mutating func take(_ choices: [Int32]) { last = choices }
  mutating func select(_ places: [Int]) { last = places.map { last[$0] } }
}
