import ArgumentParser

@main
struct Discrete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discrete",
    abstract: "Train and study models with discrete latent variables.")
}
