import ArgumentParser
import Experiments
import Formats
import Learning
import Runs
import Tensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A verb that runs an experiment: its flags are the experiment's settings, and it leaves a run
/// folder.
protocol TrainVerb: ParsableCommand, SharedVerb {
  associatedtype Work: Experiment
  associatedtype Flags: SettingOptions

  var options: Flags { get }
  var place: RunFlags { get }

  /// The figures of a summary that are compared over seeds, with their names.
  static var headline: [(key: String, name: String)] { get }

  /// Prints a summary for people.
  static func report(_ summary: JSON)
}

extension TrainVerb {
  func run() throws {
    let launch = Launch<Work>(policy: try place.prepare(), ranks: Discrete.ranks)
    if let path = place.resume { return report(try resume(path, launch)) }
    let settings = try Self.settings(given: options.given, place.sources)
    guard let seeds = place.seeds else { return report(try launch.begin(settings, in: place.out)) }
    try repeated(seeds, settings, launch)
  }

  private func resume(_ path: String, _ launch: Launch<Work>) throws -> JSON {
    let lengths = Work.lengths.map(\.key)
    guard options.given.allSatisfy({ lengths.contains($0.key) }), place.out == nil,
      place.sources.isEmpty
    else {
      let exceptions = lengths.map { "--\($0)" }.joined(separator: ", ")
      throw Failure(
        .usage,
        "--resume goes on with the settings of \(path); only \(exceptions) may differ")
    }
    return try launch.resume(path, lengths: options.given)
  }

  private func report(_ summary: JSON) {
    if place.json { print(summary) } else { Self.report(summary) }
  }

  private func repeated(_ seeds: Int, _ settings: Settings, _ launch: Launch<Work>) throws {
    guard !settings.isSet("seed") else {
      throw Failure(.usage, "--seeds sets the seeds 1 to \(seeds), and excludes seed")
    }
    // Each rank would name a folder after its own moment.
    let base = try Discrete.ranks.gather(place.out ?? RunFolder.freePath(for: Work.model))[0]
    let summaries = try launch.seeds(seeds, settings, in: base) { summary in
      if place.json { print(summary) }
    }
    let intervals = Self.headline.map { figure in
      (
        figure.key, figure.name,
        MeanInterval(summaries.map { $0[figure.key]?.number ?? .nan })
      )
    }
    let summary = JSON.object(
      [.init("run", JSON(base)), .init("seeds", JSON(seeds))]
        + intervals.flatMap { key, _, interval in
          [.init(key, JSON(interval.mean)), JSON.Member("\(key)_interval", JSON(interval.half))]
        })
    guard Discrete.ranks.isFirst else { return }
    try atomicWrite(Array("\(summary)\n".utf8), to: "\(base)/summary.json")
    if place.json { return print(summary) }
    print("\(seeds) seeds, 95 % intervals")
    for (_, name, interval) in intervals {
      print(
        padded(name, 17) + "\(rounded(interval.mean, 4)) ± \(rounded(interval.half, 4))")
    }
    print("runs             \(base)/seed-1 to \(base)/seed-\(seeds)")
  }
}

extension TrainVerb {
  /// The settings of defaults, file, environment, `--set` and flags, in this order.
  static func settings(
    given: [(key: String, text: String)], _ sources: SettingSources
  ) throws -> Settings {
    var settings = Settings(Work.settings)
    if let config = sources.config { try settings.read(file: config) }
    try settings.read(environment: ProcessInfo.processInfo.environment)
    for text in sources.sets {
      let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, !pair[0].isEmpty else {
        throw Failure(.usage, "--set takes key=value, not '\(text)'")
      }
      try settings.set(String(pair[0]), to: String(pair[1]), from: .commandLine)
    }
    for group in Work.exclusive {
      let flags = given.map(\.key).filter(group.contains)
      guard flags.count <= 1 else {
        throw Failure(
          .usage, "\(flags.map { "--\($0)" }.joined(separator: " and ")) exclude each other")
      }
      // A flag overrides a file also where the file sets another key of the same group.
      if !flags.isEmpty { for key in group { settings.clear(key) } }
    }
    for (key, text) in given { try settings.set(key, to: text, from: .commandLine) }
    return settings
  }
}
