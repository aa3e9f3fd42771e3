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

extension Flag where Value == Bool? {
  /// The flag of a setting that is true or false: `--hold-out`, `--no-hold-out`.
  init(_ setting: Setting<Bool>) {
    self.init(
      name: .customLong(setting.key), inversion: .prefixedNo, help: ArgumentHelp(setting.help))
  }
}

/// Flags and arguments that are settings, each of the name of its key.
protocol SettingOptions: ParsableArguments {
  /// The keys of the flags that were given, with their texts.
  var given: [(key: String, text: String)] { get }
}

extension SettingOptions {
  /// The parser of arguments itself finds them by reflection.
  var given: [(key: String, text: String)] {
    Mirror(reflecting: self).children.compactMap { child in
      guard let label = child.label, let text = text(of: child.value) else { return nil }
      return (SettingKey.of(property: label), text)
    }
  }

  private func text(of flag: Any) -> String? {
    switch flag {
    case let option as Option<String?>: option.wrappedValue
    case let argument as Argument<String?>: argument.wrappedValue
    case let flag as Flag<Bool?>: flag.wrappedValue.map { "\($0)" }
    default: nil
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
