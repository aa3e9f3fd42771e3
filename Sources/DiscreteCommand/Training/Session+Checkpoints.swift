import Datasets
import Formats
import Learning
import Runs

extension Session {
  /// Writes the best state before the last, so that a program that stops in between can be resumed from what is there.
  mutating func saveAll() throws(FormatError) {
    try saveBest()
    try save(trainer, progress, to: folder.lastCheckpoint)
    initial = nil
  }

  /// After a loss, gradient or bound that is not finite: the current state where that can be told to be good, or else one before.
  mutating func saveLastGood(includingCurrent isGood: Bool) throws(FormatError) {
    if isGood { return try saveAll() }
    let last = best
    try saveBest()
    guard let initial else { return }
    try save(
      last?.state ?? initial, last?.progress ?? RunProgress(), to: folder.lastCheckpoint)
  }

  private mutating func saveBest() throws(FormatError) {
    guard let (state, progress) = best else { return }
    try save(state, progress, to: folder.bestCheckpoint)
    best = nil
  }

  private func save(
    _ state: State, _ progress: RunProgress, to path: String
  ) throws(FormatError) {
    var metadata = progress.metadata
    metadata["step"] = String(state.step)
    metadata["width"] = String(data.test.width)
    metadata["height"] = String(data.test.height)
    metadata["labels"] = labelCount.map(String.init)
    try Checkpoint.save(state, metadata: metadata, to: path)
  }
}
