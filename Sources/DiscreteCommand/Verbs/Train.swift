import ArgumentParser

/// Trains a model and leaves a run folder.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model.",
    subcommands: [
      TrainBeliefNetwork.self, TrainVAE.self, TrainMADE.self, TrainSequenceGAN.self,
      TrainSorter.self,
    ])
}
