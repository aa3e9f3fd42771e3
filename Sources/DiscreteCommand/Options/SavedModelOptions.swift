import ArgumentParser
import Experiments
import Runs

/// Which trained model a verb reads.
struct SavedModelOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A run folder.", valueName: "run")) var path: String
  @Option(
    help: "last, or best: that with the highest validation bound.")
  var checkpoint = "last"

  func choice() throws(Failure) -> CheckpointChoice { try CheckpointChoice(named: checkpoint) }

  func images() throws -> TrainedImageModel {
    try TrainedImageModel(run: path, checkpoint: choice())
  }
}
