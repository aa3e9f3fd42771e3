public import Formats
public import Runs

/// A kind of run: its settings, its data and its work, once the settings are known.
public protocol Experiment: Sendable {
  /// The name of its model, in commands and configurations.
  static var model: String { get }

  /// The words of the command that runs it, after the program's name.
  static var verb: String { get }

  /// Every setting, in the order in which a configuration shows them.
  static var settings: [any SettingDescription] { get }

  /// The settings that say how long a run is: they may change when it goes on.
  static var lengths: [any SettingDescription] { get }

  /// Whether only one of the lengths may be set, as is usual, and not one for each phase.
  static var lengthsExcludeEachOther: Bool { get }

  /// Keys of settings of which one may be set; lengths that exclude each other are such a group
  /// anyway.
  static var alternatives: [[String]] { get }

  /// Checks settings; throws a `Failure` that says where a bad value came from.
  init(_ settings: Settings) throws

  /// The settings in force: settings that others exclude are unset.
  var settings: Settings { get }

  /// The prefixes of the names of the tensors that a new run can begin with, in the work and in
  /// a checkpoint whose metadata are given.
  static func initialPart(
    of metadata: [String: String]
  ) -> (own: String, saved: String)

  /// Reads the data and makes the work; nothing is written.
  ///
  /// - Parameters:
  ///   - tell: what is to be told the user about the data.
  ///   - stop: is called between the parts of the work.
  func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation
}

extension Experiment {
  public static var verb: String { "train \(model)" }
  public static var lengthsExcludeEachOther: Bool { true }
  public static var alternatives: [[String]] { [] }
  public static func initialPart(
    of metadata: [String: String]
  ) -> (own: String, saved: String) { ("", "") }

  /// Groups of keys of which one may be set.
  public static var exclusive: [[String]] {
    alternatives + (lengthsExcludeEachOther ? [lengths.map(\.key)] : [])
  }
}

/// The work of a run that is about to begin or to go on.
public struct Preparation: Sendable {
  public internal(set) var job: any Job
  /// A digest of the data.
  public let data: String
  /// The settings in force, with what was chosen by measuring.
  public var settings: Settings
  /// The data and their counts, for people.
  public var counts: String
  /// Files beside the configuration, by name, that a new run keeps.
  public var files: [(name: String, content: JSON)]

  public init(
    _ job: any Job, data: String, counts: String = "", settings: Settings,
    files: [(name: String, content: JSON)] = []
  ) {
    self.job = job
    self.data = data
    self.counts = counts
    self.settings = settings
    self.files = files
  }
}

extension Setting where Value == String {
  /// The name of a model, the first setting of every configuration.
  static func model(_ name: String) -> Setting {
    Setting("model", name, "The model.", "name", encode: { JSON($0) }) {
      (text) throws(SettingError) in
      guard text == name else { throw SettingError("model is '\(text)', expected '\(name)'") }
      return text
    }
  }
}
