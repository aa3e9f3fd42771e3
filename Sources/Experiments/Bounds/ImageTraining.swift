import Datasets
import Formats
import Learning
import Runs
import Tensors

/// What every training on images reads from its settings, whatever its model.
struct ImageTraining: Sendable {
  /// When training ends.
  enum Length {
    case steps(Int)
    case epochs(Int)
    case minutes(Double)

    /// Steps of the whole run where epochs have so many; `nil` for a run of minutes.
    func steps(perEpoch: Int) -> Int? {
      switch self {
      case .steps(let steps): steps
      case .epochs(let epochs): epochs * perEpoch
      case .minutes: nil
      }
    }

    /// When a training ends whose epochs have so many steps.
    func training(perEpoch: Int) -> TrainingLength {
      switch self {
      case .steps(let steps): .steps(steps)
      case .epochs(let epochs): .steps(epochs * perEpoch)
      case .minutes(let minutes): .minutes(minutes)
      }
    }
  }

  let data: String
  /// Whether validation images are kept out of training where the data have none of their own.
  let holdsOut: Bool
  let binarization: Binarization
  let optimizer: any Optimizer
  let learningRate: Double
  let batchSize: Int
  let shards: Int
  let seed: UInt64
  private let length: Length
  private let evaluateEvery: EvaluationInterval
  /// Steps between two lines of training figures.
  private let logEvery: Int
  /// Evaluations without a better validation bound after which training stops.
  private let patience: Int?
  private let settings: Settings

  /// - Parameter settings: gets the folder of data by its path from the root, and loses the number
  ///   of epochs where something else says when training ends.
  init(_ settings: inout Settings) throws {
    data = try ImageTraining.locate(&settings)
    holdsOut = try settings[BoundSettings.holdOut]
    seed = try settings[BoundSettings.seed]
    binarization = try settings[BoundSettings.binarize].binarization(seed: seed)
    optimizer = try settings.optimizer(BoundSettings.optimizer)
    learningRate = try settings[BoundSettings.learningRate]
    batchSize = try settings[BoundSettings.batchSize]
    shards = try settings.shards(of: batchSize, "images")
    evaluateEvery = try settings[BoundSettings.evaluateEvery]
    logEvery = try settings[BoundSettings.logEvery]
    patience = try settings[ifSet: BoundSettings.patience]
    length = try ImageTraining.length(of: &settings)
    self.settings = settings
    _ = try schedule(perEpoch: 1)
  }

  private static func locate(_ settings: inout Settings) throws -> String {
    let key = BoundSettings.data.key
    if let name = settings[key], name != "glyphs", try fileExists(name) {
      try settings.makeAbsolute(key)
    }
    return try settings[BoundSettings.data]
  }

  private static func length(of settings: inout Settings) throws -> Length {
    let minutes = try settings[ifSet: BoundSettings.minutes]
    let steps = try settings[ifSet: BoundSettings.steps]
    let epochs = try settings[ifSet: BoundSettings.epochs]
    try settings.checkExclusive(BoundSettings.lengths.map(\.key))
    if minutes != nil || steps != nil { settings.clear(BoundSettings.epochs.key) }
    return minutes.map { .minutes($0) } ?? steps.map { .steps($0) } ?? .epochs(epochs ?? 1)
  }

  /// The images, of which one batch can be made at least.
  func images(_ stop: StopCheck) throws -> ImageData {
    let data = try loadImages(data, holdOut: holdsOut)
    try stop()
    guard batchSize <= data.training.count else {
      throw settings.failure(
        "batch-size is \(batchSize), more than the \(data.training.count) training images",
        of: BoundSettings.batchSize.key)
    }
    return data
  }

  /// The run's own images, or those of a folder or a known name, of the size of a model's.
  func images(of name: String?, width: Int, height: Int) throws -> ImageData {
    let name = name ?? data
    let images = try loadImages(name, holdOut: holdsOut)
    guard images.test.width == width && images.test.height == height else {
      throw Failure(
        .badData,
        "\(name): images of \(images.test.width) x \(images.test.height), the model has \(width) x \(height)"
      )
    }
    return images
  }

  /// The training batches by step.
  func batches(of data: ImageData) -> BatchStream {
    BatchStream(data.training, size: batchSize, binarization: binarization, seed: seed)
  }

  /// Images in order, in batches, with the coins of the run's seed.
  func batches(evaluating images: ImageSet, size: Int = 500) -> Batches {
    Batches(evaluating: images, size: size, binarization: binarization, seed: seed)
  }

  /// Forty test images in rows of twenty, and what `below` draws beside them, one group below the
  /// other; it gets the images, how many samples fill two rows, and noise of the run's seed.
  func picture(
    of test: ImageSet, _ below: (Bits, Int, inout Philox) -> [(label: String, images: Tensor)]
  ) -> ImageGrid {
    let columns = 20
    var noise = Philox(seed: seed, stream: .pictures)
    let x = batches(evaluating: test, size: min(2 * columns, test.count))[0]
    var grid = ImageGrid(width: test.width, height: test.height, columns: columns)
    grid.append(x.tensor, label: "test images")
    for group in below(x, 2 * columns, &noise) { grid.append(group.images, label: group.label) }
    return grid
  }

  /// How the learning rate changes where epochs have so many steps.
  private func schedule(perEpoch: Int) throws -> Schedule {
    try settings.schedule(BoundSettings.schedule, length: length.steps(perEpoch: perEpoch))
  }

  /// The training of a model on a task.
  ///
  /// - Parameter diagnoseEvery: steps between two diagnoses, `nil` for none.
  func job<Task: TrainingTask>(
    _ task: Task, of model: Task.Model, on data: ImageData, diagnoseEvery: Int? = nil
  ) throws -> any Job {
    let epoch = batches(of: data).batchesPerEpoch
    let schedule = try schedule(perEpoch: epoch)
    func training(_ optimizer: some Optimizer) -> any Job {
      Training(
        task,
        Trainer(model, optimizer: optimizer, learningRate: learningRate, schedule: schedule),
        seed: seed, length: length.training(perEpoch: epoch),
        evaluateEvery: evaluateEvery.steps(perEpoch: epoch), logEvery: logEvery,
        diagnoseEvery: diagnoseEvery, patience: patience, shards: shards)
    }
    return training(optimizer)
  }
}

extension Settings {
  /// Throws where more than one of some settings is set.
  func checkExclusive(_ keys: [String]) throws {
    let given = keys.filter(isSet)
    guard given.count <= 1 else {
      throw failure(
        "\(given.joined(separator: " and ")) are both set, and exclude each other", of: given[1])
    }
  }
}
