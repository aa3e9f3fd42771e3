import Formats
import Learning
import Runs

/// The weights that a new run begins with.
struct InitialWeights {
  /// A checkpoint, or another safetensors file, which has no metadata.
  private let content: Checkpoint.Content

  /// The state of optimizers, estimators and objectives is left behind.
  private static let kept: Set = ["optimizer", "estimator", "objective"]

  /// - Parameter source: a safetensors file, or a run, whose last checkpoint is taken.
  init(_ source: String) throws(FormatError) {
    let path =
      try fileExists("\(source)/.") ? RunFolder(opening: source).lastCheckpoint : source
    content = try Checkpoint.content(of: path, mayLackChecksum: true)
  }

  /// Puts the weights into work that has the same tensors.
  func fill<Work: Experiment>(_ job: inout some Job, of _: Work.Type) throws {
    let part = Work.initialPart(of: content.metadata)
    try content.begin(&job, under: part.saved, as: part.own, keeping: InitialWeights.kept)
    try job.checkFinite(in: content.path)
  }
}

extension Preparation {
  /// The same with work that begins with some weights.
  func beginning<Work: Experiment>(
    with weights: InitialWeights, of _: Work.Type
  ) throws -> Preparation {
    func filled(_ job: some Job) throws -> any Job {
      var job = job
      try weights.fill(&job, of: Work.self)
      return job
    }
    var copy = self
    copy.job = try filled(job)
    return copy
  }
}
