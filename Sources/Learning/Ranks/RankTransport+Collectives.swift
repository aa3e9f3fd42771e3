import Tensors

extension RankTransport {
  func send(_ bytes: [UInt8], to partner: Int) throws(RankError) {
    try exchange(bytes, receiving: 0, with: partner)
  }

  func receive(_ count: Int, from partner: Int) throws(RankError) -> [UInt8] {
    try exchange([], receiving: count, with: partner)
  }

  @discardableResult
  private func exchange(
    _ bytes: [UInt8], receiving count: Int, with partner: Int
  ) throws(RankError) -> [UInt8] {
    var received = [UInt8](repeating: 0, count: count)
    try received.withUnsafeMutableBufferPointer { (incoming) throws(RankError) in
      try bytes.withUnsafeBufferPointer { (outgoing) throws(RankError) in
        try exchange(
          UnsafeRawBufferPointer(outgoing), for: UnsafeMutableRawBufferPointer(incoming),
          with: partner)
      }
    }
    return received
  }

  /// Bytes merged over all ranks, up a binary tree and down again.
  ///
  /// - Parameter merge: of a rank's bytes and those of a higher one, of the same size.
  func agree(
    _ bytes: [UInt8], _ merge: ([UInt8], [UInt8]) -> [UInt8]
  ) throws(RankError) -> [UInt8] {
    var bytes = bytes
    // The distance to the rank below this one in the tree; for rank 0 there is none.
    var distance = 1
    while distance < count, rank & distance == 0 {
      if rank + distance < count {
        bytes = merge(bytes, try receive(bytes.count, from: rank + distance))
      }
      distance *= 2
    }
    if rank > 0 {
      try send(bytes, to: rank - distance)
      bytes = try receive(bytes.count, from: rank - distance)
    }
    while distance > 1 {
      distance /= 2
      if rank + distance < count { try send(bytes, to: rank + distance) }
    }
    return bytes
  }

  /// Adds rows, whose size the number of ranks divides; ranks next to each other first.
  func sum(_ row: inout [Scalar]) throws(RankError) {
    var received = [Scalar](repeating: 0, count: row.count / 2)
    try row.withUnsafeMutableBufferPointer { (row) throws(RankError) in
      try received.withUnsafeMutableBufferPointer { (received) throws(RankError) in
        try sum(row, received)
      }
    }
  }

  private func sum(
    _ row: UnsafeMutableBufferPointer<Scalar>, _ received: UnsafeMutableBufferPointer<Scalar>
  ) throws(RankError) {
    var (start, length, distance) = (0, row.count, 1)
    while distance < count {
      length /= 2
      // The lower of two ranks keeps the first half.
      let isLower = rank & distance == 0
      let (kept, given) = isLower ? (start, start + length) : (start + length, start)
      let incoming = UnsafeMutableBufferPointer(rebasing: received[0..<length])
      try swap(row, given, for: incoming, with: rank ^ distance)
      for place in 0..<length { row[kept + place] += incoming[place] }
      start = kept
      distance *= 2
    }
    while distance > 1 {
      distance /= 2
      // The other half stands before or behind, as it was given away.
      let other = rank & distance == 0 ? start + length : start - length
      let incoming = UnsafeMutableBufferPointer(rebasing: row[other..<(other + length)])
      try swap(row, start, for: incoming, with: rank ^ distance)
      start = min(start, other)
      length *= 2
    }
  }

  private func swap(
    _ row: UnsafeMutableBufferPointer<Scalar>, _ start: Int,
    for incoming: UnsafeMutableBufferPointer<Scalar>, with partner: Int
  ) throws(RankError) {
    let outgoing = UnsafeBufferPointer(rebasing: row[start..<(start + incoming.count)])
    try exchange(
      UnsafeRawBufferPointer(outgoing), for: UnsafeMutableRawBufferPointer(incoming), with: partner)
  }

  /// The bytes of all ranks, by way of rank 0.
  func gather(_ bytes: [UInt8]) throws(RankError) -> [[UInt8]] {
    func length(_ bytes: [UInt8]) -> [UInt8] {
      (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
    }
    func receiveAny(from partner: Int) throws(RankError) -> [UInt8] {
      let size = try receive(8, from: partner)
      return try receive(
        (0..<8).reduce(0) { $0 | Int(size[$1]) << (8 * $1) }, from: partner)
    }
    func sendAny(_ bytes: [UInt8], to partner: Int) throws(RankError) {
      try send(length(bytes), to: partner)
      try send(bytes, to: partner)
    }
    var all = [[UInt8]](repeating: bytes, count: count)
    guard rank == 0 else {
      try sendAny(bytes, to: 0)
      for other in 0..<count where other != rank { all[other] = try receiveAny(from: 0) }
      return all
    }
    for other in 1..<count { all[other] = try receiveAny(from: other) }
    for other in 1..<count {
      for part in 0..<count where part != other { try sendAny(all[part], to: other) }
    }
    return all
  }
}
