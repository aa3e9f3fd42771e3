package import Learning
package import Runs

/// From names to schedules of the learning rate: the one place that lists them.
package enum ScheduleName: String, CaseIterable {
  case constant
  case exponential
  case linear
  case cosine

  /// The keys of its options with their defaults, in the order of the help; times are in steps.
  package var options: KeyValuePairs<String, String> {
    switch self {
    case .constant: [:]
    case .exponential: ["rate": "0.5", "every": "10000"]
    case .linear, .cosine: ["over": ScheduleName.run]
    }
  }

  /// The value of `over` that stands for the number of steps of the run.
  private static let run = "run"

  /// The schedule a specification describes.
  ///
  /// - Parameter length: the steps of the run, where `linear` and `cosine` end unless `over` says
  ///   otherwise; `nil` where nobody knows them.
  package static func make(
    _ specification: Specification, length: Int?
  ) throws(SettingError) -> Schedule {
    guard let name = ScheduleName(rawValue: specification.name) else {
      throw SettingError(
        unknown("schedule", specification.name, among: allCases.map(\.rawValue)))
    }
    try specification.allow(name.options.map(\.key))
    func end() throws(SettingError) -> Int {
      guard let text = specification.option("over"), text != run else {
        guard let length else {
          throw SettingError(
            "\(name.rawValue) ends with the run, whose steps nobody knows: expected over=STEPS")
        }
        return length
      }
      return try parseInteger(text, named: "\(name.rawValue): over", in: 1...Int.max)
    }
    switch name {
    case .constant:
      return .constant
    case .exponential:
      return .exponential(
        rate: try specification.number("rate", in: 1e-9..<1, default: 0.5),
        every: try specification.integer("every", in: 1...Int.max, default: 10_000))
    case .linear:
      return .linear(over: try end())
    case .cosine:
      return .cosine(over: try end())
    }
  }
}
