import CMPI
import Learning

/// Bytes between processes that an MPI launcher has started; made once in a process.
struct MPITransport: RankTransport {
  let rank: Int
  let count: Int
  /// Ranks on this host.
  let localCount: Int

  static var isBuilt: Bool { dm_is_built() }
  /// The name and version of the implementation.
  static var library: String { String(cString: dm_library()) }

  /// Seconds after which a silent rank is taken for dead.
  private static let patience: Int32 = 40

  init() throws(RankError) {
    var (rank, count, local) = (Int32(0), Int32(1), Int32(1))
    let code = dm_begin(MPITransport.patience, &rank, &count, &local)
    (self.rank, self.count, localCount) = (Int(rank), Int(count), Int(local))
    guard code == 0 else { throw RankError(.lost, "MPI: \(MPITransport.text(of: code))") }
  }

  func exchange(
    _ outgoing: UnsafeRawBufferPointer, for incoming: UnsafeMutableRawBufferPointer,
    with partner: Int
  ) throws(RankError) {
    let code = dm_exchange(
      outgoing.baseAddress, outgoing.count, incoming.baseAddress, incoming.count, Int32(partner))
    guard code == 0 else {
      throw RankError(
        .lost, "rank \(rank) cannot reach rank \(partner): \(MPITransport.text(of: code))")
    }
  }

  func leave() { _ = dm_end() }

  func abort(exitCode: Int) { dm_abort(Int32(exitCode)) }

  private static func text(of code: Int32) -> String {
    var bytes = [CChar](repeating: 0, count: 1024)
    dm_describe(code, &bytes, bytes.count)
    return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
