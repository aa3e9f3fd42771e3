import ArgumentParser
import Experiments
import Formats
import Runs

/// Prints the settings of a run.
struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the settings of a run before it begins.", subcommands: [Print.self])

  struct Print: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print every setting, its value and where it comes from.",
      subcommands: [
        PrintSettings<TrainBeliefNetwork>.self, PrintSettings<TrainVAE>.self,
        PrintSettings<TrainSequenceGAN>.self, PrintSettings<TrainSorter>.self,
        PrintSettings<Rank.Learn>.self,
      ])
  }
}

/// The settings of one verb, with the verb's own flags.
struct PrintSettings<Verb: TrainVerb>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Verb.Work.model, abstract: "The settings of 'discrete \(Verb.Work.verb)'.")
  }

  @OptionGroup(title: "Settings") var options: Verb.Flags
  @OptionGroup var sources: SettingSources
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let asked = try Verb.settings(given: options.given, sources)
    let settings = try Verb.Work(asked).settings
    if json { return print(try settings.json) }
    let width = (settings.table.map(\.key.count).max() ?? 0) + 2
    for setting in settings.table {
      let value = try settings.json(of: setting)
      let text = value == .null ? "-" : value.string ?? value.description
      print(
        padded(setting.key, width) + padded(text, 44)
          + (settings.origin(of: setting.key)?.text ?? "unset"))
    }
  }
}
