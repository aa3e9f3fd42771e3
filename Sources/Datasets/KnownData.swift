public import Formats

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A data set that is known by name: what it is and which files it consists of.
public struct KnownData: Sendable {
  /// A file as its authors publish it.
  public struct File: Sendable {
    /// Its name inside the folder of the data set.
    public let name: String
    /// Its path behind the address of a mirror, where that is not its name.
    let remote: String?
    /// Its size in bytes.
    public let size: Int
    /// Its SHA-256 in hexadecimal digits.
    public let digest: String

    package init(name: String, remote: String? = nil, size: Int, digest: String) {
      (self.name, self.remote, self.size, self.digest) = (name, remote, size, digest)
    }
  }

  /// What a data set is of.
  public enum Kind: Sendable { case images, texts, rankings, weights }

  /// The state of a file after a check.
  public enum Finding: Sendable, Equatable {
    /// Byte for byte what its authors publish.
    case intact
    /// Not there.
    case missing
    /// Something else, in one sentence.
    case different(String)
  }

  /// The name that the command takes.
  public let name: String
  /// One line: what it shows, how many there are, whose it is.
  public let summary: String
  /// Its files; none for data that are made and not read.
  public let files: [File]
  public let kind: Kind
  /// Addresses behind which its files stand, in the order in which they are asked; none where it
  /// is not public in this form.
  public let mirrors: [String]

  package init(
    name: String, summary: String, files: [File], kind: Kind = .images, mirrors: [String] = []
  ) {
    (self.name, self.summary, self.files) = (name, summary, files)
    (self.kind, self.mirrors) = (kind, mirrors)
  }

  /// Compares each file in `folder` with what is published.
  ///
  /// Reads the files whole. Throws `FormatError` when one cannot be read.
  public func verify(
    in folder: String
  ) throws(FormatError) -> [(file: File, finding: Finding)] {
    var findings: [(file: File, finding: Finding)] = []
    for file in files {
      findings.append((file, try file.verify(at: "\(folder)/\(file.name)")))
    }
    return findings
  }
}

extension KnownData.File {
  func verify(at path: String) throws(FormatError) -> KnownData.Finding {
    guard try fileExists(path) else { return .missing }
    let bytes = try storedBytes(path)
    guard bytes.count == size else {
      return .different("\(bytes.count) bytes, expected \(size)")
    }
    let found = Digest.sha256(of: bytes)
    return found == digest ? .intact : .different("SHA-256 \(found), expected \(digest)")
  }
}

extension KnownData {
  /// All data sets with a name.
  public static let all =
    [glyphs, mnist, fashionMNIST, binarizedMNIST] + texts + rankings + [seqGANOracle]

  /// The data set of that name.
  public static func named(_ name: String) -> KnownData? { all.first { $0.name == name } }

  /// Where data sets live: `DISCRETE_DATA`, else `swift-discrete` in the user's folder for caches.
  public static var cacheFolder: String {
    if let folder = variable("DISCRETE_DATA") { return folder }
    let home = variable("HOME") ?? "."
    #if canImport(Darwin)
      return "\(home)/Library/Caches/swift-discrete"
    #else
      return "\(variable("XDG_CACHE_HOME") ?? "\(home)/.cache")/swift-discrete"
    #endif
  }

  /// Where this data set lives.
  public var folder: String { "\(KnownData.cacheFolder)/\(name)" }

  /// The files that are not there, whatever those are that are.
  package func absentFiles() throws(FormatError) -> [File] {
    var absent: [File] = []
    for file in files where try !fileExists("\(folder)/\(file.name)") { absent.append(file) }
    return absent
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = FileName.text(of: UnsafeRawBufferPointer(start: value, count: strlen(value)))
    return text.isEmpty ? nil : text
  }

  static let glyphs = KnownData(
    name: "glyphs",
    summary: "14,000 digits of 28 x 28 drawn from strokes; built in, nothing to fetch", files: [])

  static let mnist = KnownData(
    name: "mnist",
    summary: "70,000 handwritten digits of 28 x 28; LeCun, Bottou, Bengio, Haffner 1998",
    files: [
      File(
        name: "train-images-idx3-ubyte.gz", size: 9_912_422,
        digest: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
      File(
        name: "train-labels-idx1-ubyte.gz", size: 28_881,
        digest: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
      File(
        name: "t10k-images-idx3-ubyte.gz", size: 1_648_877,
        digest: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
      File(
        name: "t10k-labels-idx1-ubyte.gz", size: 4_542,
        digest: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ],
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist",
      "https://storage.googleapis.com/cvdf-datasets/mnist",
    ])

  static let fashionMNIST = KnownData(
    name: "fashion-mnist",
    summary: "70,000 articles of clothing of 28 x 28; Xiao, Rasul, Vollgraf 2017",
    files: [
      File(
        name: "train-images-idx3-ubyte.gz", size: 26_421_880,
        digest: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
      File(
        name: "train-labels-idx1-ubyte.gz", size: 29_515,
        digest: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
      File(
        name: "t10k-images-idx3-ubyte.gz", size: 4_422_102,
        digest: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
      File(
        name: "t10k-labels-idx1-ubyte.gz", size: 5_148,
        digest: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ],
    mirrors: [
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    ])

  static let binarizedMNIST = KnownData(
    name: "binarized-mnist",
    summary: "MNIST binarized once for all, 50,000 + 10,000 + 10,000; Larochelle, Murray 2011",
    files: [
      File(
        name: "train-images-idx3-ubyte.gz", size: 1_843_518,
        digest: "c04379ae8e58d71bce6721550ade24cb3954e4632af9d688750ec12ac5ef6389"),
      File(
        name: "valid-images-idx3-ubyte.gz", size: 368_843,
        digest: "b3bcea39ba4a5b014837ac7ca4e0d907d5550445c4efda16081896bae7762ac4"),
      File(
        name: "test-images-idx3-ubyte.gz", size: 350_130,
        digest: "cba6ce3bda606e1d9ca63374cc3a54722120e712133e2a6b9a492584f1510fca"),
    ])
}
