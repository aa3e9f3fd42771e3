import Datasets
import Models
import Runs
import Tensors

/// Training images whose labels a model may use.
struct LabeledExamples: Sendable {
  /// Shape [n, visible].
  let examples: Bits
  let labels: [Int]
  /// Number of values of a label.
  let labelCount: Int
  /// Weight of the classifier's loss: a tenth of the training images for each labeled one, as in
  /// Kingma and others (2014).
  let weight: Scalar

  /// In place of the examples of a model that is not trained any more.
  init(placeholderOf visible: Int, labelCount: Int) {
    examples = Bits(.zeros([1, visible]))
    labels = [0]
    self.labelCount = labelCount
    weight = 0
  }

  /// As many of each label as can be, in the order of the images.
  init(
    _ count: Int, of images: ImageSet, binarization: Binarization, seed: UInt64, _ stop: StopCheck
  ) throws(Stopped) {
    let all = (0..<images.count).map { images.label(of: $0) ?? 0 }
    labelCount = max(2, (all.max() ?? 0) + 1)
    var byLabel = [[Int]](repeating: [], count: labelCount)
    for (image, label) in all.enumerated() { byLabel[label].append(image) }
    var chosen: [Int] = []
    var place = 0
    while chosen.count < count {
      for images in byLabel where place < images.count && chosen.count < count {
        chosen.append(images[place])
      }
      place += 1
    }
    // One batch of each image alone: its bits depend on the seed and on nothing else.
    examples = Bits(
      concatenate(
        try chosen.map { (image) throws(Stopped) in
          try stop()
          return Batches(
            evaluating: images[image..<image + 1], size: 1, binarization: binarization, seed: seed)[
              0
            ].tensor
        }, along: 0))
    labels = chosen.map { all[$0] }
    weight = 0.1 * Scalar(images.count) / Scalar(count)
  }
}

extension BoundConfiguration {
  /// The labeled images of the training set, `nil` where the configuration asks for none.
  func labeled(from data: ImageData, _ stop: StopCheck) throws -> LabeledExamples? {
    guard let labels else { return nil }
    guard data.training.isLabeled, data.test.isLabeled else {
      throw settings.failure("labels is \(labels.count), and \(self.data) has none", of: "labels")
    }
    guard labels.count <= data.training.count else {
      throw settings.failure(
        "labels is \(labels.count), more than the \(data.training.count) training images",
        of: "labels")
    }
    try settings.checkMemory(
      "the labeled images", [[2, labels.count, data.training.pixelCount]], of: "labels")
    return try LabeledExamples(
      labels.count, of: data.training, binarization: binarization, seed: seed, stop)
  }
}
