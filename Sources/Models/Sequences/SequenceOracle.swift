public import Formats
import Learning
import Tensors

extension SequenceGenerator {
  /// The oracle of SeqGAN from its named arrays, in an NPZ file, which its first bytes or its name
  /// tell, or a safetensors file.
  ///
  /// `embeddings` [V, E]; `Wi Wf Wog Wc` [E, H]; `Ui Uf Uog Uc` [H, H]; `bi bf bog bc` [H]; `Wo`
  /// [H, V]; `bo` [V]. The start token is 0.
  ///
  /// The file is read once, so that it may be a pipe.
  ///
  /// - Throws: `FormatError` on an array that is missing, has another shape, or is not finite.
  public init(oracle path: String, length: Int) throws(FormatError) {
    let stored = try storedBytes(path)
    let isArchive = stored.starts(with: [0x50, 0x4B]) || path.hasSuffix(".npz")
    let named =
      isArchive
      ? try NPZ.parse(stored, path: path)
      : try SafeTensors.parse(inflatedIfPacked(stored, path: path), path: path).tensors
    var arrays: [String: Tensor] = [:]
    for (name, tensor) in named { arrays[name] = tensor }
    func array(_ name: String, rank: Int) throws(FormatError) -> Tensor {
      guard let array = arrays[name] else {
        throw FormatError(.malformed, "\(path): no array '\(name)', which an oracle has")
      }
      guard array.rank == rank, array.count > 0 else {
        throw FormatError(
          .malformed, "\(path): '\(name)' has shape \(array.shape), expected \(rank) axes")
      }
      guard array.allFinite else {
        throw FormatError(.malformed, "\(path): '\(name)' has numbers that are not finite")
      }
      return array
    }
    func array(_ name: String, _ shape: [Int]) throws(FormatError) -> Tensor {
      let array = try array(name, rank: shape.count)
      guard array.shape == shape else {
        throw FormatError(
          .malformed, "\(path): '\(name)' has shape \(array.shape), expected \(shape)")
      }
      return array
    }
    let embeddings = try array("embeddings", rank: 2)
    let (vocabulary, size) = (embeddings.shape[0], embeddings.shape[1])
    guard vocabulary > 1 else {
      throw FormatError(.malformed, "\(path): a vocabulary of 1, expected 2 or more")
    }
    let units = try array("bi", rank: 1).count
    func gates(_ prefix: String, _ shape: [Int]) throws(FormatError) -> Tensor {
      var parts: [Tensor] = []
      for gate in ["i", "f", "og", "c"] { parts.append(try array(prefix + gate, shape)) }
      return concatenate(parts, along: -1)
    }
    // All arrays are checked before anything of their sizes is made.
    let (input, recurrent) = (try gates("W", [size, units]), try gates("U", [units, units]))
    let (weight, bias) = (try array("Wo", [units, vocabulary]), try array("bo", [vocabulary]))
    var generator = Philox(seed: 0)
    var embedding = Embedding(vocabulary: vocabulary, size: size, using: &generator)
    embedding.weight = embeddings
    var recurrence = LSTM(inputs: size, units: units, using: &generator)
    recurrence.input = input
    recurrence.recurrent = recurrent
    recurrence.bias = try gates("b", [units])
    var output = Linear(inputs: units, outputs: vocabulary, using: &generator)
    output.weight = weight
    output.bias = bias
    self.init(embedding: embedding, recurrence: recurrence, output: output, length: length)
  }
}
