package import Formats
import Runs

extension HeldOutBound {
  package var json: JSON {
    [
      "part": "test", "examples": JSON(images), "bound": JSON(bound),
      "log_likelihood": JSON(logLikelihood), "samples": JSON(samples),
    ]
  }

  /// The same for people.
  package var lines: [String] {
    let drawn = "\(samples) sample\(samples == 1 ? "" : "s")"
    return [
      "test images      \(images)", "test bound       \(decimal(bound, 3)) nats",
      "test likelihood  \(decimal(logLikelihood, 3)) nats, its logarithm, importance-weighted, \(drawn)",
    ]
  }
}
