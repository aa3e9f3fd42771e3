import CKernels
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
/// - Complexity: a pass of the engine for each entry of the batch when it is made; entries that
///   share a structure go eight at a time.
public struct Gibbs<Shape: Structure>: DiscreteDistribution {
  public typealias Sample = Bits
  public typealias Point = Tensor

  /// Shape `batch + [parts]`.
  public let logits: Tensor
  /// The structure of the whole row of parts.
  public let structure: Shape
  /// Number of parts.
  public let partCount: Int
  /// The structure of each entry, which repeat where the batch has more entries.
  let members: [Member]
  let blocks: [Block]

  /// The law of scores over one structure, or over one structure for each entry of the batch.
  ///
  /// Traps unless there is a score for each part, finite or -infinity, a structure for each entry,
  /// and a state that is possible in each.
  public init(logits: Tensor, structure: Shape, members: [Shape]? = nil) {
    require(
      logits.shape.last == structure.partCount,
      "scores of shape \(logits.shape) for \(structure.partCount) parts")
    let count = logits.shape.dropLast().reduce(1, *)
    require(
      members.map { $0.count == count } ?? true,
      "\(members?.count ?? 0) structures for a batch of \(count)")
    self.init(
      logits: logits, structure: structure,
      members: members.map {
        $0.map { Member(engine: $0.engine, places: structure.places(of: $0)) }
      } ?? [Member(engine: structure.engine, places: nil)])
  }

  /// The law of scores whose structures repeat.
  private init(logits: Tensor, structure: Shape, members: [Member]) {
    self.logits = logits
    self.structure = structure
    self.members = members
    let width = structure.partCount
    partCount = width
    // As many rows of a structure as a chart takes at a time.
    let groups = Self.groups(logits.shape.dropLast().reduce(1, *), members: members.count)
    blocks = logits.withPointer { scores in
      concurrentMap(groups.count) { group in
        let rows = groups[group]
        for row in rows { Self.requireScores(in: row, of: scores, width: width) }
        let member = members[rows[0] % members.count]
        let chart = member.engine.chart(
          of: member.gathered(rows, of: scores, width: width), rows: rows.count)
        for (row, sum) in zip(rows, chart.logNormalizers) {
          require(sum > -.infinity, "entry \(row): the scores forbid every state")
        }
        return Block(member: member, rows: rows, chart: chart)
      }
    }
  }

  private static func requireScores(
    in row: Int, of scores: UnsafeBufferPointer<Scalar>, width: Int
  ) {
    let own = UnsafeBufferPointer(rebasing: scores[(row * width)..<((row + 1) * width)])
    guard let base = own.baseAddress, !Kernels.areLogWeights(width, base),
      let part = own.firstIndex(where: { !($0 < .infinity) })
    else { return }
    fatalError("entry \(row): the score of part \(part) is \(own[part])")
  }

  /// The law of other scores `leading + batch + [parts]`, whose leading axes repeat the structures.
  public func with(naturalParameters: Tensor) -> Gibbs {
    requireScores(naturalParameters)
    return Gibbs(logits: naturalParameters, structure: structure, members: members)
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
    let rows = naturalParameters.shape.dropLast().reduce(1, *)
    return bits(naturalParameters.shape) { base in
      naturalParameters.withPointer { scores in
        concurrently(rows) { row in
          let member = members[row % members.count]
          let own = member.gathered([row], of: scores, width: partCount)
          for part in member.engine.mode(of: own) {
            base[row * partCount + member.place(of: part)] = 1
          }
        }
      }
    }
  }

  /// Zeros, into which `fill` writes ones.
  private func bits(_ shape: [Int], _ fill: (UnsafeMutablePointer<Scalar>) -> Void) -> Bits {
    Bits(
      Tensor(shape: shape) { buffer in
        buffer.update(repeating: 0)
        if let base = buffer.baseAddress { fill(base) }
      })
  }

  /// The same laws at other parameters, for operations that are differentiated.
  init(_ other: Gibbs, logits: Tensor) {
    self.logits = logits
    structure = other.structure
    partCount = other.partCount
    members = other.members
    blocks = other.blocks
  }

  public var batch: [Int] { logits.shape.dropLast() }

  /// A(s), the logarithm of the sum of all states' weights, of shape `batch`.
  public var logNormalizer: Tensor {
    let law = untracked
    return Tensor(shape: batch) { buffer in
      for block in blocks {
        for (row, sum) in zip(block.rows, block.chart.logNormalizers) { buffer[row] = Scalar(sum) }
      }
    }.recording(logits) { context in
      [
        context.cotangent.expandingDimensions(at: -1)
          * Gibbs(law, logits: context.inputs[0]).marginals
      ]
    }
  }

  /// The probability of each part, `batch + [parts]`: the mean of the law.
  public var marginals: Tensor {
    let law = untracked
    return vectors { $0.chart.marginals }.recording(logits) { context in
      [Gibbs(law, logits: context.inputs[0]).covariance(times: context.cotangent)]
    }
  }

  /// The covariance matrix of the parts' indicators times vectors `batch + [parts]`, of their
  /// shape.
  public func covariance(times vectors: Tensor) -> Tensor {
    require(vectors.shape == logits.shape, "vectors \(vectors.shape) for \(logits.shape)")
    let law = untracked
    let products = vectors.withPointer { numbers in
      self.vectors { block in
        block.chart.covariance(
          times: block.member.gathered(block.rows, of: numbers, width: partCount))
      }
    }
    return products.recording([logits, vectors]) { context in
      guard context.needed[0] else {
        return [nil, Gibbs(law, logits: context.inputs[0]).covariance(times: context.cotangent)]
      }
      // Third derivatives of A, from operations that can be differentiated further.
      return context.cotangents { inputs in
        let sums = law.unrolled(inputs[0]) { law.member(of: $0).engine.logNormalizer(of: $1) }
        let mean = gradients(
          of: sums.sum(), withRespectTo: [inputs[0]], differentiable: true)[0]
        return gradients(
          of: (mean * inputs[1]).sum(), withRespectTo: [inputs[0]], differentiable: true)[0]
      }
    }
  }

  /// What plain operations make of each entry's own scores `[1, parts]`, of shape `[entries]`.
  func unrolled(_ logits: Tensor, by body: (Int, Tensor) -> Tensor) -> Tensor {
    let rows = logits.reshaped([entryCount, partCount])
    return concatenate(
      (0..<entryCount).map { index in
        let row = rows.sliced(along: 0, index..<(index + 1))
        guard let places = member(of: index).places else { return body(index, row) }
        return body(index, row.gathering(Indices(places, shape: [places.count]), along: 1))
      }, along: 0)
  }

  /// The law with parameters that are not tracked, for a pullback to hold.
  var untracked: Gibbs { Gibbs(self, logits: logits.detached()) }

  /// Independent exact samples, `[count] + batch + [parts]`.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    sample(count, keys: keys(using: &generator))
  }

  /// A key for each entry of the batch.
  func keys(using generator: inout some RandomNumberGenerator) -> [UInt64] {
    var stream = Philox(seed: generator.next())
    return (0..<entryCount).map { _ in stream.next() }
  }

  /// Samples whose noise is a function of one key for each entry of the batch, so that an entry's
  /// samples do not depend on the others.
  public func sample(_ count: Int, keys: [UInt64]) -> Bits {
    require(count >= 0, "\(count) samples")
    requireKeys(keys)
    return bits(count) { index, sample in
      let (block, row) = location(of: index)
      var stream = Philox(seed: keys[index]).folding(UInt64(sample))
      return block.chart.sample(row: row, using: &stream)
    }
  }

  func requireKeys(_ keys: [UInt64]) {
    require(keys.count == entryCount, "\(keys.count) keys for \(entryCount) entries")
  }

  /// So many states of each entry by their parts.
  func bits(_ count: Int, _ parts: (_ entry: Int, _ sample: Int) -> [Int]) -> Bits {
    let entries = entryCount
    return bits([count] + logits.shape) { base in
      concurrently(count * entries) { row in
        let member = member(of: row % entries)
        for part in parts(row % entries, row / entries) {
          base[row * partCount + member.place(of: part)] = 1
        }
      }
    }
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
    let entries = entryCount
    let logs = logits.withPointer { scores in
      bits.withPointer { values in
        concurrentMap(leading.reduce(1, *) * entries) { row -> Scalar in
          let (block, index) = location(of: row % entries)
          var sum = -block.chart.logNormalizers[index]
          for part in 0..<block.member.engine.partCount {
            let place = block.member.place(of: part)
            if values[row * partCount + place] != 0 {
              sum += Double(scores[row % entries * partCount + place])
            }
          }
          return Scalar(min(0, sum))
        }
      }
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
    members.contains { $0.places != nil } ? nil : structure.engine.stateCount
  }

  /// Every state once, `[states] + batch + [parts]`, also a state that a score forbids.
  public func states() -> Bits {
    require(stateCount != nil, "too many states, or not the same in every entry")
    let states = structure.engine.states()
    return bits(states.count) { _, state in states[state] }
  }
}
