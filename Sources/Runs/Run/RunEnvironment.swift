import CBLAS
import CKernels
public import Formats
import Tensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A description of the machine, the program and this build, for run folders and people.
public enum RunEnvironment {
  /// The version of the package.
  public static let version = "0.1.0"

  /// The command line: the program and its arguments, of which some may be names of files that are
  /// no UTF-8.
  package static let commandLine: [String] = (0..<Int(CommandLine.argc)).compactMap { place in
    CommandLine.unsafeArgv[place].map {
      FileName.text(of: UnsafeRawBufferPointer(start: $0, count: strlen($0)))
    }
  }

  /// The library of matrix products and the precision, which decide the last bits of a result.
  public static var arithmetic: String { "\(Scalar.self), \(products)" }

  /// Threads that loops and matrix products use.
  public static var threads: Int { Int(dk_thread_count()) }

  private static var products: String { String(cString: dk_gemm_library()) }

  /// The machine and this build.
  public static var machine: JSON {
    var name = utsname()
    uname(&name)
    func text<T>(_ field: T) -> JSON {
      withUnsafeBytes(of: field) { bytes in
        JSON(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
      }
    }
    return [
      "version": JSON(version),
      "system": text(name.sysname), "release": text(name.release), "machine": text(name.machine),
      "processor": JSON(processorName() ?? "unknown"),
      "cores": JSON(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
      "threads": JSON(threads),
      "scalar": JSON("\(Scalar.self)"),
      "blas": JSON(products),
    ]
  }

  /// The machine and this build, what was typed, and when.
  public static var json: JSON {
    guard case .object(let members) = machine else { return .null }
    return .object(
      members + [
        JSON.Member("command", .array(commandLine.map { JSON($0) })),
        JSON.Member("started", JSON(Date().formatted(.iso8601))),
      ])
  }

  /// The system's name of its processor.
  private static func processorName() -> String? {
    #if canImport(Darwin)
      var size = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
      var bytes = [UInt8](repeating: 0, count: size)
      guard size > 0, sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else {
        return nil
      }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #else
      let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
      let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
      return line?.split(separator: ":", maxSplits: 1).last.map {
        String($0.drop { $0 == " " })
      }
    #endif
  }
}
