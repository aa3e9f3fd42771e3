import Runs
import Stochastics
import Tensors

// What several rows of the catalogue make of their options in the same way.

extension Specification {
  var isLeaveOneOut: Bool { option("baseline") == "leave-one-out" }

}

extension EstimatorEntry {
  /// A specification with the samples that its baseline implies where none are given.
  func withImpliedSamples(_ specification: Specification) -> Specification {
    guard specification.isLeaveOneOut, specification.option("samples") == nil,
      let samples = completed(specification).option("samples")
    else { return specification }
    var result = specification
    result.options.insert((key: "samples", value: samples), at: 0)
    return result
  }
}

extension EstimatorOptions {
  /// The samples of an estimator with a baseline; of leave-one-out two at least, and by default.
  func sampleCount() throws(SettingError) -> Int {
    let samples = try whole("samples")
    guard samples > 1 || !specification.isLeaveOneOut else {
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
    for key in ["floor", "every"] where isSet(key) && !isSet("rate") {
      throw SettingError("\(specification.name): \(key) is set, which only a rate uses")
    }
    let (rate, floor, every) = (try number("rate"), try number("floor"), try whole("every"))
    return rate == 0
      ? .constant(initial)
      : .exponential(initial: initial, rate: rate, floor: floor, every: every)
  }

  /// Throws where a law has fewer distinct states than are needed.
  func check(_ count: Int, distinctOf site: EstimatorSite) throws(SettingError) {
    guard let states = site.states, states < count else { return }
    throw SettingError(
      "\(specification.text) needs \(count) distinct states, the variables have \(states)")
  }
}
