/// Tells how far a long piece of work is that is not a run, such as a study or an evaluation.
public struct ProgressReport: Sendable {
  private let update: @Sendable (_ share: Double, _ text: String) -> Void

  /// - Parameter update: takes the share that is done, in 0...1, and what is being done.
  public init(_ update: @escaping @Sendable (_ share: Double, _ text: String) -> Void) {
    self.update = update
  }

  /// Tells nobody.
  public static let none = ProgressReport { _, _ in }

  /// Says that so many of equal parts are done.
  public func callAsFunction(_ done: Int, of count: Int, _ text: String = "") {
    update(count > 0 ? Double(done) / Double(count) : 1, text)
  }

  /// The report of one of equal parts of this work, counted from zero.
  public func part(_ index: Int, of count: Int, _ name: String) -> ProgressReport {
    ProgressReport { [update] share, text in
      update(
        (Double(index) + share) / Double(max(1, count)), text.isEmpty ? name : "\(name), \(text)")
    }
  }
}
