//! `cargo xtask check page`: looks at the pages of reports as a browser shows them, on a phone and on a desk, in light
//! and in dark.
//!
//! Nothing may be on the console, no page may be wider than its window, and all text must stand out from what is behind
//! it. The reports are made up, one of them by somebody who calls things by names that break pages. A page that breaks
//! all of this comes first, so that it is known that the browser would see it.
//!
//! - [`browser`] finds the browser and has it look at a file;
//! - `checker.js` runs beside a page, which itself runs nothing.

mod browser;

use std::fs;
use std::io;
use std::path::Path;

use anypool_compare::{Report, render, sample};

use crate::build;
use crate::check::Checked;

use browser::{Browser, Seen};

/// The flags of `cargo xtask check page`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The browser, a kind of Chromium [default: the first that is installed]
    #[arg(long, value_name = "PROGRAM")]
    browser: Option<String>,
}

/// How wide windows are, in pixels: the narrowest phone that counts, and a desk.
const WIDTHS: [u32; 2] = [360, 1200];

const CHECKER: &str = include_str!("page/checker.js");

/// A page on which everything is wrong that is looked for.
const BROKEN: &str = "<!DOCTYPE html><meta charset=\"utf-8\">\
                      <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
                      <img src=\"elsewhere.png\" alt=\"\"><p style=\"color: #999; background: #fff; width: 2000px\">pale</p>";

/// What must be found of it.
const FOUND: [&str; 3] = ["the page is 2", "contrast 2.8", "console:"];

/// Looks at all pages.
///
/// # Errors
///
/// Fails when the pages cannot be written, or a browser that is there cannot be run.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Checked> {
    let Some(browser) = Browser::find(arguments.browser.as_deref()) else {
        eprintln!(
            "check page: there is no Chromium (looked for {}):\n\
             \n    apt-get install chromium    # or dnf, pacman, zypper; or --browser PROGRAM\n",
            arguments
                .browser
                .as_deref()
                .unwrap_or(&browser::NAMES.join(", "))
        );
        return Ok(Checked::Impossible);
    };
    let folder = build::target_folder()
        .map_err(io::Error::other)?
        .join("page");
    fs::create_dir_all(&folder)?;
    if !sees(&browser, &folder)? {
        return Ok(Checked::Impossible);
    }
    let mut checked = Checked::Sound;
    for (name, report) in reports() {
        let page = folder.join(format!("{name}.html"));
        fs::write(&page, render::page(&report))?;
        for (width, dark) in WIDTHS
            .into_iter()
            .flat_map(|width| [(width, false), (width, true)])
        {
            let light = if dark { "dark" } else { "light" };
            let Seen { looked, findings } = look(&browser, &page, width, dark)?;
            eprintln!("check page: {name}: {looked}");
            for finding in &findings {
                println!("{name}, {width} px, {light}: {finding}");
                checked = Checked::Broken;
            }
        }
    }
    if checked == Checked::Broken {
        eprintln!("check page: the pages are in {}", folder.display());
    }
    Ok(checked)
}

fn reports() -> [(&'static str, Report); 5] {
    [
        ("report", sample::report()),
        ("one", sample::one()),
        ("noisy", sample::noisy()),
        ("unfinished", sample::unfinished()),
        ("hostile", sample::hostile()),
    ]
}

/// Whether this browser would see what is wrong with a page.
fn sees(browser: &Browser, folder: &Path) -> io::Result<bool> {
    let page = folder.join("broken.html");
    fs::write(&page, BROKEN)?;
    let seen = look(browser, &page, WIDTHS[0], false)?;
    let missing = FOUND
        .iter()
        .find(|found| !seen.findings.iter().any(|one| one.starts_with(**found)));
    if let Some(missing) = missing {
        eprintln!(
            "check page: {browser} does not see what is wrong with {}: `{missing}…` is not among\n  {}\n\
             so what it says of other pages means nothing; try another one with --browser",
            page.display(),
            seen.findings.join("\n  ")
        );
    }
    Ok(missing.is_none())
}

/// Looks at a page in a window of so many pixels.
fn look(browser: &Browser, page: &Path, width: u32, dark: bool) -> io::Result<Seen> {
    let name = page.file_name().unwrap_or_default().to_string_lossy();
    let around = page.with_extension("around.html");
    fs::write(&around, frame(&name, width))?;
    browser.look(&around, dark)
}

/// A page with another in a frame, and the checker beside it.
fn frame(name: &str, width: u32) -> String {
    format!(
        "<!DOCTYPE html><meta charset=\"utf-8\">\n\
         <iframe src=\"{name}\" style=\"width: {width}px; height: 800px; border: 0\"></iframe>\n\
         <pre></pre>\n<script>\n{CHECKER}</script>\n"
    )
}
