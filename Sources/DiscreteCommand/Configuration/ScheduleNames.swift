import Learning
import Runs

/// From names to schedules of the learning rate: the one place that lists them.
enum ScheduleName: String, CaseIterable {
  case constant
  case exponential
  case linear
  case cosine

  /// The keys of its options with their defaults, in the order of the help; times are in steps.
  var options: KeyValuePairs<String, String> {
    switch self {
    case .constant: [:]
    case .exponential: ["rate": "0.5", "every": "10000"]
    case .linear, .cosine: ["over": "10000"]
    }
  }

  /// The schedule a specification describes.
  static func make(_ specification: Specification) throws(SettingError) -> Schedule {
    guard let name = ScheduleName(rawValue: specification.name) else {
      throw SettingError(
        unknown("schedule", specification.name, among: allCases.map(\.rawValue)))
    }
    try specification.allow(name.options.map(\.key))
    func steps(_ key: String) throws(SettingError) -> Int {
      try specification.integer(key, in: 1...Int.max, default: 10_000)
    }
    switch name {
    case .constant:
      return .constant
    case .exponential:
      return .exponential(
        rate: try specification.number("rate", in: 1e-9..<1, default: 0.5),
        every: try steps("every"))
    case .linear:
      return .linear(over: try steps("over"))
    case .cosine:
      return .cosine(over: try steps("over"))
    }
  }
}
