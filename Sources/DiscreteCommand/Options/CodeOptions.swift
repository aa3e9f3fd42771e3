import ArgumentParser
import Experiments

/// What is compressed, and by which coder.
struct CodeOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A run folder, or 'context'.", valueName: "run|context"))
  var model: String
  @Option(
    help: ArgumentHelp(
      "A folder of IDX files, a name that 'discrete data list' shows, or a file of text.",
      valueName: "folder|name|file"))
  var data: String
  @Option(help: "test, validation or training.") var part = "test"
  @Option(help: "How gray pixels become bits: threshold, or fixed, a coin tossed once.")
  var binarize: String?
  @Option(help: "Pixels of the context: 10, 12 or 16. (default: 10)") var template: Int?
  @Option(help: "last, or best: that with the highest validation bound.") var checkpoint = "last"
  @Flag(help: "Evaluate the model in whole numbers, which every machine has alike.")
  var portable = false
  @Flag(help: "Print one JSON object.") var json = false

  var request: CodeRequest {
    CodeRequest(
      model: model, data: data, part: part, binarize: binarize, template: template,
      checkpoint: checkpoint, isPortable: portable)
  }
}
