import CKernels
import Tensors

// Entries that share a structure are summed side by side, a few at a time.

extension Gibbs {
  /// A structure, and where its parts stand.
  struct Member: Sendable {
    let engine: Shape.Engine
    /// `nil` for all places in order.
    let places: [Int]?

    func place(of part: Int) -> Int { places.map { $0[part] } ?? part }

    /// The numbers that stand at the parts, of rows of `width`, in double precision.
    func gathered(
      _ rows: [Int], of numbers: UnsafeBufferPointer<Scalar>, width: Int
    ) -> [Double] {
      let own = engine.partCount
      return [Double](unsafeUninitializedCapacity: rows.count * own) { buffer, count in
        for (index, row) in rows.enumerated() {
          if let places {
            for (part, place) in places.enumerated() {
              buffer[index * own + part] = Double(numbers[row * width + place])
            }
          } else if let source = numbers.baseAddress, let target = buffer.baseAddress {
            Kernels.widen(own, source + row * width, target + index * own)
          }
        }
        count = rows.count * own
      }
    }

    /// Writes a number for each part into a row of `width`, zero on padding.
    func scatter(
      _ numbers: UnsafeBufferPointer<Double>, from start: Int,
      to line: UnsafeMutablePointer<Scalar>, width: Int
    ) {
      guard let places else {
        for part in 0..<width { line[part] = Scalar(numbers[start + part]) }
        return
      }
      line.update(repeating: 0, count: width)
      for (part, place) in places.enumerated() { line[place] = Scalar(numbers[start + part]) }
    }
  }

  /// Entries that share a structure, and their sums.
  struct Block: Sendable {
    let member: Member
    /// The places of the entries in the batch.
    let rows: [Int]
    let chart: Shape.Engine.Chart
  }

  private static var blockSize: Int { Shape.Engine.Chart.mostRows }

  /// The rows of each block: some that share a member.
  static func groups(_ count: Int, members: Int) -> [[Int]] {
    (0..<min(count, members)).flatMap { member in
      stride(from: member, to: count, by: members * blockSize).map { first in
        Array(stride(from: first, to: min(count, first + members * blockSize), by: members))
      }
    }
  }

  /// The block of an entry, and the entry's row in it.
  func location(of entry: Int) -> (block: Block, row: Int) {
    let (member, index) = (entry % members.count, entry / members.count)
    let block = member * (blocks.count / members.count) + index / Self.blockSize
    return (blocks[block], index % Self.blockSize)
  }

  /// Entries of the batch.
  var entryCount: Int { batch.reduce(1, *) }

  func member(of entry: Int) -> Member { members[entry % members.count] }

  /// The scores of an entry's own parts, in double precision.
  func scores(of entry: Int) -> [Double] {
    logits.withPointer { member(of: entry).gathered([entry], of: $0, width: partCount) }
  }

  /// A number for each entry, given those of a block's.
  func values(_ body: (Block) -> [Double]) -> Tensor {
    let results = concurrentMap(blocks.count) { body(blocks[$0]) }
    return Tensor(shape: batch) { buffer in
      for (block, values) in zip(blocks, results) {
        for (row, value) in zip(block.rows, values) { buffer[row] = Scalar(value) }
      }
    }
  }

  /// A number for each part of each entry, given those of a block's; zero on padding.
  func vectors(_ body: (Block) -> [Double]) -> Tensor {
    Tensor(shape: logits.shape) { buffer in
      guard let base = buffer.baseAddress else { return }
      concurrently(blocks.count) { index in
        let member = blocks[index].member
        body(blocks[index]).withUnsafeBufferPointer { values in
          for (index, row) in blocks[index].rows.enumerated() {
            member.scatter(
              values, from: index * member.engine.partCount, to: base + row * partCount,
              width: partCount)
          }
        }
      }
    }
  }
}
