import Models
import Tensors

/// A generator with logits of order one.
func smallGenerator(vocabulary: Int = 3, length: Int = 4, seed: UInt64 = 31) -> SequenceGenerator {
  var generator = Philox(seed: seed)
  return SequenceGenerator(
    vocabulary: vocabulary, length: length, embeddingSize: 2, units: 3, deviation: 1,
    using: &generator)
}
