public import Tensors

/// The law of a structured value whose log-probability is the sum of its parts' scores, up to a
/// constant: p(z) = exp(<s, z> - A(s)).
///
/// Scores of shape `batch + [parts]` give indicators of parts, `[samples] + batch + [parts]`. A
/// score of -infinity forbids a part. Entries of a batch may have structures of their own, smaller
/// than the common one, which say where their parts stand; the other places are padding, and have
/// bits of zero and gradients of zero. Every entry is computed by itself, so that a batch has the
/// values of its members, bit for bit.
///
/// Log-probability, marginals, entropy, divergences, samples and mode are exact, and all but the
/// last two are differentiable any number of times. Sums are kept in double precision.
///
/// - Complexity: a pass of the engine for each entry of the batch when it is made.
public struct Gibbs<Shape: Structure>: DiscreteDistribution {
  public typealias Sample = Bits
  public typealias Point = Tensor

  /// Shape `batch + [parts]`.
  public let logits: Tensor
  /// The structure of the whole row of parts.
  public let structure: Shape
  /// Number of parts.
  public let partCount: Int
  let entries: [Entry]

  /// One entry of the batch: its structure, where its parts stand, their scores, and their sums.
  struct Entry: Sendable {
    let engine: Shape.Engine
    /// `nil` for all places in order.
    let places: [Int]?
    let scores: [Double]
    let chart: Shape.Engine.Chart

    /// The entry whose scores stand in a row of the batch.
    init(_ engine: Shape.Engine, places: [Int]?, row: [Double]) {
      self.engine = engine
      self.places = places
      scores = Entry.gathered(row, places)
      chart = engine.chart(of: scores)
    }

    /// The numbers of a row that stand at its parts.
    func gathered(_ row: [Double]) -> [Double] { Entry.gathered(row, places) }

    private static func gathered(_ row: [Double], _ places: [Int]?) -> [Double] {
      places.map { $0.map { row[$0] } } ?? row
    }

    func place(of part: Int) -> Int { places.map { $0[part] } ?? part }
  }

  /// The law of scores over one structure, or over one structure for each entry of the batch.
  ///
  /// Traps unless there is a score for each part, finite or -infinity, a structure for each entry,
  /// and a state that is possible in each.
  public init(logits: Tensor, structure: Shape, members: [Shape]? = nil) {
    require(
      logits.shape.last == structure.partCount,
      "scores of shape \(logits.shape) for \(structure.partCount) parts")
    let rows = Self.rows(of: logits)
    require(
      members.map { $0.count == rows.count } ?? true,
      "\(members?.count ?? 0) structures for a batch of \(rows.count)")
    self.init(
      logits: logits, structure: structure,
      members: members.map { $0.map { Member($0.engine, structure.places(of: $0)) } }
        ?? [Member(structure.engine, nil)], rows: rows)
  }

  /// An engine, and where its parts stand; `nil` for all places in order.
  private typealias Member = (engine: Shape.Engine, places: [Int]?)

  /// The law of rows whose structures repeat.
  private init(logits: Tensor, structure: Shape, members: [Member], rows: [[Double]]) {
    self.logits = logits
    self.structure = structure
    partCount = structure.partCount
    entries = concurrentMap(rows.count) { index in
      let row = rows[index]
      if let part = row.firstIndex(where: { !($0 < .infinity) }) {
        fatalError("entry \(index): the score of part \(part) is \(row[part])")
      }
      let own = members[index % members.count]
      let entry = Entry(own.engine, places: own.places, row: row)
      require(
        entry.chart.logNormalizer > -.infinity, "entry \(index): the scores forbid every state")
      return entry
    }
  }

  /// The law of other scores `leading + batch + [parts]`, whose leading axes repeat the structures.
  public func with(naturalParameters: Tensor) -> Gibbs {
    requireScores(naturalParameters)
    return Gibbs(
      logits: naturalParameters, structure: structure,
      members: entries.map { ($0.engine, $0.places) }, rows: Self.rows(of: naturalParameters))
  }

  func requireScores(_ scores: Tensor) {
    require(
      scores.rank >= logits.rank && scores.shape.suffix(logits.rank).elementsEqual(logits.shape),
      "scores \(scores.shape) for a law of \(logits.shape)")
  }

  /// A state with the largest sum of each row of scores `leading + batch + [parts]`.
  ///
  /// - Complexity: a pass for the best state of each row, without the sums of a chart.
  public func mode(of naturalParameters: Tensor) -> Bits {
    requireScores(naturalParameters)
    let rows = Self.rows(of: naturalParameters)
    return Bits(
      Tensor(shape: naturalParameters.shape) { buffer in
        buffer.update(repeating: 0)
        guard let base = buffer.baseAddress else { return }
        concurrently(rows.count) { index in
          let entry = entries[index % entries.count]
          for part in entry.engine.mode(of: entry.gathered(rows[index])) {
            base[index * partCount + entry.place(of: part)] = 1
          }
        }
      })
  }

  /// The same laws at other parameters, for operations that are differentiated.
  init(_ other: Gibbs, logits: Tensor) {
    self.logits = logits
    structure = other.structure
    partCount = other.partCount
    entries = other.entries
  }

  public var batch: [Int] { logits.shape.dropLast() }

  static func rows(of tensor: Tensor) -> [[Double]] {
    let (scalars, width) = (tensor.scalars, tensor.shape[tensor.rank - 1])
    return concurrentMap(tensor.shape.dropLast().reduce(1, *)) { row in
      scalars[(row * width)..<((row + 1) * width)].map { Double($0) }
    }
  }

  /// A number for each entry.
  func values(_ body: (Entry) -> Double) -> Tensor {
    Tensor(concurrentMap(entries.count) { Scalar(body(entries[$0])) }, shape: batch)
  }

  /// A number for each part of each entry; zero on padding.
  func vectors(_ body: (Int, Entry) -> [Double]) -> Tensor {
    Tensor(shape: logits.shape) { buffer in
      buffer.update(repeating: 0)
      guard let base = buffer.baseAddress else { return }
      concurrently(entries.count) { index in
        let entry = entries[index]
        for (part, value) in body(index, entry).enumerated() {
          base[index * partCount + entry.place(of: part)] = Scalar(value)
        }
      }
    }
  }

  /// A(s), the logarithm of the sum of all states' weights, of shape `batch`.
  public var logNormalizer: Tensor {
    let law = untracked
    return values { $0.chart.logNormalizer }.recording(logits) { context in
      [
        context.cotangent.expandingDimensions(at: -1)
          * Gibbs(law, logits: context.inputs[0]).marginals
      ]
    }
  }

  /// The probability of each part, `batch + [parts]`: the mean of the law.
  public var marginals: Tensor {
    let law = untracked
    return vectors { $1.chart.marginals }.recording(logits) { context in
      [Gibbs(law, logits: context.inputs[0]).covariance(times: context.cotangent)]
    }
  }

  /// The covariance matrix of the parts' indicators times vectors `batch + [parts]`, of their
  /// shape.
  public func covariance(times vectors: Tensor) -> Tensor {
    require(vectors.shape == logits.shape, "vectors \(vectors.shape) for \(logits.shape)")
    let law = untracked
    let rows = Self.rows(of: vectors)
    let products = self.vectors { $1.chart.covariance(times: $1.gathered(rows[$0])) }
    return products.recording([logits, vectors]) { context in
      guard context.needed[0] else {
        return [nil, Gibbs(law, logits: context.inputs[0]).covariance(times: context.cotangent)]
      }
      // Third derivatives of A, from operations that can be differentiated further.
      return context.cotangents { inputs in
        let sums = law.unrolled(inputs[0]) { law.entries[$0].engine.logNormalizer(of: $1) }
        let mean = gradients(
          of: sums.sum(), withRespectTo: [inputs[0]], differentiable: true)[0]
        return gradients(
          of: (mean * inputs[1]).sum(), withRespectTo: [inputs[0]], differentiable: true)[0]
      }
    }
  }

  /// What plain operations make of each entry's own scores `[1, parts]`, of shape `[entries]`.
  func unrolled(_ logits: Tensor, by body: (Int, Tensor) -> Tensor) -> Tensor {
    let rows = logits.reshaped([entries.count, partCount])
    return concatenate(
      entries.enumerated().map { index, entry in
        let row = rows.sliced(along: 0, index..<(index + 1))
        guard let places = entry.places else { return body(index, row) }
        return body(index, row.gathering(Indices(places, shape: [places.count]), along: 1))
      }, along: 0)
  }

  /// The law with parameters that are not tracked, for a pullback to hold.
  var untracked: Gibbs { Gibbs(self, logits: logits.detached()) }

  /// Independent exact samples, `[count] + batch + [parts]`.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    var stream = Philox(seed: generator.next())
    return sample(count, keys: entries.map { _ in stream.next() })
  }

  /// Samples whose noise is a function of one key for each entry of the batch, so that an entry's
  /// samples do not depend on the others.
  public func sample(_ count: Int, keys: [UInt64]) -> Bits {
    require(count >= 0, "\(count) samples")
    requireKeys(keys)
    return bits(count) { index, entry, sample in
      var stream = Philox(seed: keys[index]).folding(UInt64(sample))
      return entry.chart.sample(using: &stream)
    }
  }

  func requireKeys(_ keys: [UInt64]) {
    require(keys.count == entries.count, "\(keys.count) keys for \(entries.count) entries")
  }

  /// So many states of each entry by their parts.
  func bits(_ count: Int, _ parts: (Int, Entry, Int) -> [Int]) -> Bits {
    Bits(
      Tensor(shape: [count] + logits.shape) { buffer in
        buffer.update(repeating: 0)
        guard let base = buffer.baseAddress else { return }
        concurrently(count * entries.count) { row in
          let (sample, index) = (row / entries.count, row % entries.count)
          let entry = entries[index]
          for part in parts(index, entry, sample) {
            base[row * partCount + entry.place(of: part)] = 1
          }
        }
      })
  }

  /// The log-probability of states `leading + batch + [parts]`, of shape `leading + batch`.
  ///
  /// The formula is taken at its word: bits that are not a state, which no law here draws or lists,
  /// get a number that means nothing.
  public func logProbability(_ sample: Bits) -> Tensor {
    let bits = sample.tensor
    let leading = Array(bits.shape.dropLast(logits.rank))
    require(
      bits.shape == leading + logits.shape, "states of shape \(bits.shape) under \(logits.shape)")
    let values = bits.scalars
    let logs = concurrentMap(leading.reduce(1, *) * entries.count) { row -> Scalar in
      let entry = entries[row % entries.count]
      var sum = -entry.chart.logNormalizer
      for (part, score) in entry.scores.enumerated()
      where values[row * partCount + entry.place(of: part)] != 0 { sum += score }
      return Scalar(min(0, sum))
    }
    let law = untracked
    let count = leading.reduce(1, *)
    return Tensor(logs, shape: leading + batch).recording(logits) { context in
      let law = Gibbs(law, logits: context.inputs[0])
      let score = bits.reshaped([count] + law.logits.shape) - law.marginals
      return [
        (context.cotangent.reshaped([count] + law.batch).expandingDimensions(at: -1) * score)
          .sum(along: 0)
      ]
    }
  }

  public static func point(_ sample: Bits) -> Tensor { sample.tensor }
}

extension Gibbs: EnumerableDistribution {
  /// Number of states of the structure; `nil` if it exceeds what an integer holds, or where entries
  /// have structures of their own.
  public var stateCount: Int? {
    entries.contains { $0.places != nil } ? nil : structure.engine.stateCount
  }

  /// Every state once, `[states] + batch + [parts]`, also a state that a score forbids.
  public func states() -> Bits {
    require(stateCount != nil, "too many states, or not the same in every entry")
    let states = structure.engine.states()
    return bits(states.count) { _, _, state in states[state] }
  }
}
