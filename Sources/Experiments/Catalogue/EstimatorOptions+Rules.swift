import Runs
import Stochastics
import Tensors

// What several rows of the catalogue make of their options in the same way.

extension Specification {
  fileprivate var isLeaveOneOut: Bool { option("baseline") == "leave-one-out" }

  /// With the two samples of leave-one-out where none are given.
  var withImpliedSamples: Specification {
    guard isLeaveOneOut, option("samples") == nil else { return self }
    var result = self
    result.options.insert((key: "samples", value: "2"), at: 0)
    return result
  }
}

extension EstimatorOptions {
  /// The samples of an estimator with a baseline; of leave-one-out two at least, and by default.
  func sampleCount() throws(SettingError) -> Int {
    guard specification.isLeaveOneOut else { return try whole("samples") }
    guard isSet("samples") else { return 2 }
    let samples = try whole("samples")
    guard samples > 1 else {
      throw SettingError(
        "\(specification.name): samples is '1', leave-one-out needs two or more: the baseline of each is the mean of the others"
      )
    }
    return samples
  }

  /// The baseline asked for, one that needs no inputs.
  func baseline() throws(SettingError) -> any Baseline {
    switch try choice("baseline") {
    case "constant": ConstantBaseline()
    case "moving-average": MovingAverageBaseline()
    case "leave-one-out": LeaveOneOutBaseline()
    default: NoBaseline()
    }
  }

  /// Constant, or with a rate exponential: Jang, Gu and Poole's annealing.
  func schedule() throws(SettingError) -> Temperature {
    let initial = try number("temperature")
    guard isSet("rate") else {
      for key in ["floor", "every"] where isSet(key) {
        throw SettingError("\(specification.name): \(key) is set, which only a rate uses")
      }
      return .constant(initial)
    }
    let floor = try number("floor")
    return .exponential(
      initial: initial, rate: try number("rate"),
      floor: isSet("floor") ? floor : min(initial, floor), every: try whole("every"))
  }

  /// Throws where a law has fewer distinct states than are needed.
  func check(_ count: Int, distinctOf site: EstimatorSite) throws(SettingError) {
    guard let states = site.states, states < count else { return }
    throw SettingError(
      "\(specification.text) needs \(count) distinct states, the variables have \(states)")
  }
}
