import Stochastics
import Tensors

/// How laws of sequences are checked.
enum SequenceLaws {
  static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-10 : 2e-4

  static func tokens(_ sample: Classes) -> Tensor {
    Tensor(sample.indices.values.map { Scalar($0) }, shape: sample.shape)
  }
}
