import Learning
public import Models
public import Runs
public import Stochastics
public import Tensors

/// A sorter that a run has trained.
public struct TrainedSorter: Sendable {
  let sorter: any AnySorter
  let configuration: SorterConfiguration
  let size: (height: Int, width: Int)?

  /// Loads the sorter of a run's folder.
  ///
  /// - Throws: `FormatError` and `Failure` for a folder that is not one of a sorter's run, for a
  ///   damaged checkpoint and for weights that are not finite.
  public init(run path: String, checkpoint: CheckpointChoice = .last) throws {
    let folder = try RunFolder(opening: path)
    configuration = try SorterConfiguration(Settings(of: folder, SorterSettings.all))
    let content = try Checkpoint.content(of: checkpoint.path(in: folder))
    if configuration.isPlain {
      size = nil
    } else {
      let (height, width) = (try content.size("height"), try content.size("width"))
      try content.checkAxis(
        SorterConfiguration.features(height: height, width: width),
        "images of \(width) x \(height)")
      size = (height, width)
    }
    func restored<Model: AnySorter>(_ sorter: Model) throws -> Model {
      var sorter = sorter
      try content.restore(&sorter, ignoring: ["optimizer"])
      try sorter.checkFinite(in: content.path)
      return sorter
    }
    sorter = try restored(configuration.sorter(size: size)) as any AnySorter
  }

  /// How often it sorts test sequences right, the sequences of the run's own test.
  ///
  /// - Parameter data: other data than the run's own, of the same kind: a folder or a name.
  /// - Throws: `Failure` where the data do not fit or a score is not finite, and `Stopped`.
  public func evaluate(
    on data: String? = nil, _ stop: StopCheck = .never
  ) throws -> SortingAccuracy {
    let own = try SorterData(configuration, named: data)
    if let size, let other = own.size, other != size {
      throw Failure(
        .badData,
        "\(data ?? configuration.data): images of \(other.width) x \(other.height), the sorter has \(size.width) x \(size.height)"
      )
    }
    return try configuration.accuracy(of: sorter, on: own.test, .sorterTest, stop)
  }

  /// The order it gives to each sequence, the largest first: `[sequences, n]` of items
  /// `[sequences, n] + item`, where an item is an image `[height, width]` or a number.
  ///
  /// Traps on items of another shape.
  public func order(of items: Tensor) -> Orders { sorter.order(of: items) }
}
