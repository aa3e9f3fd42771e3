import DiscreteTesting
import Foundation
import Tensors
import Testing

struct OperationGradientTests {
  @Test("agree with differences", arguments: DifferentiableOperation.table, [1, 2])
  func derivatives(of operation: DifferentiableOperation, order: Int) {
    for (number, example) in operation.examples.enumerated() {
      for layout in Layout.allCases {
        var generator = Philox(seed: UInt64(number))
        let inputs = operation.inputs(example.shapes, using: &generator)
        let report = checkGradient(
          of: {
            let value = example.function($0.map(layout.seen))
            // Under a square a cotangent depends on the operands too.
            return order == 1 ? value : value + value.squared() * 0.5
          }, at: inputs.map(layout.stored), order: order, using: &generator)
        #expect(report.passed, "\(operation.name) at \(example.shapes), \(layout): \(report)")
      }
    }
  }

  @Test("are checked at three shapes or more, size-1 and empty axes among them")
  func shapes() {
    for operation in DifferentiableOperation.table {
      #expect(operation.examples.count >= 3, "\(operation.name)")
    }
    let sizes = Set(
      DifferentiableOperation.table.flatMap { $0.examples.flatMap(\.shapes).joined() })
    #expect(sizes.isSuperset(of: [0, 1, 2, 3]))
  }

  @Test("are checked for all that the source declares")
  func completeness() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/Tensors/Operations").standardized
    let pattern = /^ *public (?:static )?(?:prefix )?func (?<name>[^ (]+) ?\([^{]*?-> Tensor\b/
      .anchorsMatchLineEndings()
    let constant: Set = ["sign", "step", "floor", "isFinite", ".>", ".<", ".<=", ".==", "oneHot"]
    let checked = Set(
      DifferentiableOperation.table.map { $0.name.replacing(/^prefix |[( ].*/, with: "") })
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let source = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      for match in source.matches(of: pattern) where !constant.contains(String(match.name)) {
        #expect(
          checked.contains(String(match.name)), "\(match.name) of \(file) is not in the table")
      }
    }
  }
}

/// How an operand lies in memory: as it is, as the transpose of what is stored, or as a slice of
/// something longer.
enum Layout: CaseIterable {
  case plain, transposed, sliced

  func stored(_ tensor: Tensor) -> Tensor {
    switch self {
    case .transposed where tensor.rank >= 2:
      Tensor(
        tensor.transposed().scalars, shape: tensor.transposed().shape)
    case .sliced where tensor.rank >= 1:
      tensor.padded(along: -1, before: 1, to: tensor.shape[tensor.rank - 1] + 2)
    default: tensor
    }
  }

  func seen(_ stored: Tensor) -> Tensor {
    switch self {
    case .transposed where stored.rank >= 2: stored.transposed()
    case .sliced where stored.rank >= 1:
      stored.sliced(along: -1, 1..<(stored.shape[stored.rank - 1] - 1))
    default: stored
    }
  }
}
