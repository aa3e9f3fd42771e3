/// How a report looks, and what its sliders do.
enum ReportStyle {
  static let sheet = """
    :root { color-scheme: light dark; --paper: #ffffff; --ink: #1d2430; --quiet: #56606e; --line: #e3e7ec;
      --card: #f6f8fa; --accent: #0068a8; --warn: #a33a00; }
    @media (prefers-color-scheme: dark) { :root { --paper: #14181f; --ink: #e8ecf2; --quiet: #a3adba;
      --line: #2b323c; --card: #1b212a; --accent: #62b0f5; --warn: #ff8f52; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
    main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; }
    h2 { font-size: 1.35rem; margin: 2.75rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
    h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
    p { max-width: 44rem; } .quiet, figcaption { color: var(--quiet); font-size: .9rem; }
    a { color: var(--accent); } .links { white-space: nowrap; }
    .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .7rem .9rem; min-width: 0; }
    .card b { display: block; font-size: 1.2rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    .long { grid-column: span 2; } .long b { font-size: 1rem; }
    .card span { color: var(--quiet); font-size: .85rem; overflow-wrap: anywhere; }
    .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); gap: 1rem; margin-top: 1rem; }
    figure { margin: 0; min-width: 0; } .chart { border: 1px solid var(--line); border-radius: .6rem; padding: .5rem .75rem .75rem; }
    .chart svg { width: 100%; height: auto; display: block; }
    .samples img { max-width: 100%; height: auto; image-rendering: pixelated; border-radius: .4rem; display: block; }
    .samples pre, pre { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem; overflow-x: auto; font-size: .85rem; margin: 0; }
    .samples figure { margin-bottom: 1rem; } .samples input { width: min(100%, 30rem); accent-color: var(--accent); }
    .scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
    th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    td { overflow-wrap: anywhere; } td:first-child { min-width: 8rem; } th { color: var(--quiet); font-weight: 600; } .number { text-align: right; white-space: nowrap; }
    .warn { color: var(--warn); } details { margin: 1rem 0; } summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere; }
    @media print { details > * { display: block; } }
    """

  /// Without it all samples stand below each other.
  static let script = """
    for (const box of document.querySelectorAll('.samples')) {
      const all = [...box.querySelectorAll('figure')];
      if (all.length < 2) continue;
      const slider = Object.assign(document.createElement('input'),
        { type: 'range', min: 0, max: all.length - 1, value: all.length - 1 });
      slider.setAttribute('aria-label', 'step of the samples');
      const show = () => all.forEach((one, place) => one.hidden = place != slider.value);
      slider.addEventListener('input', show);
      box.prepend(slider);
      show();
    }
    """
}
