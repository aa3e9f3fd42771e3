import ArgumentParser
import Runs

extension Option where Value == String? {
  /// The flag of a setting: the setting has the name, the help and the parser.
  init(_ setting: some SettingDescription) {
    let standard = setting.standard.flatMap { $0.isEmpty ? nil : " (default: \($0))" } ?? ""
    self.init(
      name: .customLong(setting.key), parsing: .unconditional,
      help: ArgumentHelp(setting.help + standard, valueName: setting.placeholder))
  }
}

/// Flags and arguments that are settings, each of the name of its key.
protocol SettingOptions: ParsableArguments {}

extension SettingOptions {
  /// The keys of those that were given, with their texts.
  ///
  /// The parser of arguments itself finds them by reflection.
  var given: [(key: String, text: String)] {
    Mirror(reflecting: self).children.compactMap { child in
      let value =
        (child.value as? Option<String?>)?.wrappedValue
        ?? (child.value as? Argument<String?>)?.wrappedValue
      guard let label = child.label, let value else { return nil }
      return (SettingKey.of(property: label), value)
    }
  }
}

/// The key of a setting from the name of the property that holds its flag.
private enum SettingKey {
  /// `_learningRate` becomes `learning-rate`.
  static func of(property: String) -> String {
    property.drop { $0 == "_" }.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
  }
}
