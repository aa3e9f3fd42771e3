import Experiments
import Runs

/// The models that images train, each with its settings and their defaults in the order in which a configuration is written.
enum ModelName: String, CaseIterable {
  case beliefNetwork = "belief-network"
  case vae

  /// Every setting; `nil` for one that is unset.
  var settings: [(key: String, text: String?)] {
    let own: [(key: String, text: String?)] =
      switch self {
      case .beliefNetwork:
        [
          ("layers", "200"), ("hidden", ""), ("latent", nil), ("prior", "learned"),
          ("estimator", "nvil"),
        ]
      case .vae:
        [
          ("latent", "bernoulli:200"), ("hidden", ""), ("prior", "uniform"), ("kl", "analytic"),
          ("estimator", "reinforce:baseline=leave-one-out"), ("labels", nil),
          ("label-estimator", "exact"),
        ]
      }
    return [
      ("model", rawValue), ("data", "glyphs"), ("hold-out", "false"), ("binarize", "dynamic"),
    ] + own + [
      ("optimizer", "adam"), ("learning-rate", "0.001"), ("schedule", "constant"),
      ("batch-size", "100"), ("epochs", "20"), ("steps", nil), ("minutes", nil),
      ("patience", nil), ("seed", "1"), ("diagnostics", nil),
    ]
  }

  /// The default of a setting; `nil` for one that is unset.
  func standard(_ key: String) -> String? { settings.first { $0.key == key }?.text }

  /// That of a run of images; a configuration without a model is of a belief network.
  init(of folder: RunFolder) throws {
    let path = folder.file("config.json")
    let name = try Settings.text(of: "model", in: path) ?? ModelName.beliefNetwork.rawValue
    let own = ModelName.allCases.map(\.rawValue)
    let others = [SorterExperiment.model, RankerExperiment.model, SequenceExperiment.model]
    guard !others.contains(name) else {
      throw Failure(
        .usage,
        "\(folder.path): a run of '\(name)', expected one of '\(own.joined(separator: "' or '"))'")
    }
    guard let model = ModelName(rawValue: name) else {
      throw Failure(.badConfiguration, "\(path): \(unknown("model", name, among: own))")
    }
    self = model
  }
}
