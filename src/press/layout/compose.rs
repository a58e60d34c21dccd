//! A composition: a layout on paper with its pictures and words, page by page.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::model::{Margins, MediaSize, Resolution};

use super::super::page::Page;
use super::describe::{Block, Chart, Layout, Upright};
use super::draw::{Canvas, Hand};
use super::measure::Ground;
use super::turned::turn_left;
use super::words::{Fields, filled};
use super::{LayoutError, Patch, Picture, Window, cell, chart, check, grid, letters, limits, marks};

/// What is printed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Paper {
    /// The sheet, as it is fed.
    pub sheet: MediaSize,
    /// What the printer can't paint. A borderless layout paints to the edges all the same: give it paper whose margins
    /// are [`Margins::BORDERLESS`].
    pub margins: Margins,
    /// Dots per inch of the output.
    pub dots: Resolution,
}

/// A picture to be laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Its head, upright: after the turn of its orientation tag.
    pub picture: Picture,
    /// What of it is shown, in pixels of the upright picture; `None` for all. It is cut to the picture.
    pub crop: Option<Window>,
    /// The point that a crop keeps nearest its middle, from 0 to 1 from the upright picture's left and top.
    pub focus: Option<(f64, f64)>,
    /// Words of its own, which win over the page's: `filename`, for one.
    pub fields: Fields,
}

impl Subject {
    /// A whole picture without words.
    pub fn new(picture: Picture) -> Self {
        Subject {
            picture,
            crop: None,
            focus: None,
            fields: Fields::default(),
        }
    }

    pub(super) fn whole(&self) -> Window {
        Window {
            x: 0.0,
            y: 0.0,
            width: f64::from(self.picture.width),
            height: f64::from(self.picture.height),
        }
    }

    /// What is shown of it: the crop as far as it lies on the picture, a pixel of it at least.
    pub(super) fn window(&self) -> Window {
        let whole = self.whole();
        let Some(crop) = self.crop else {
            return whole;
        };
        let axis = |from: f64, length: f64, side: f64| {
            if !(from.is_finite() && length.is_finite()) {
                return (0.0, side);
            }
            let start = from.clamp(0.0, (side - 1.0).max(0.0));
            let end = (from + length).clamp(start, side).max((start + 1.0).min(side));
            (start, end - start)
        };
        let (x, width) = axis(crop.x, crop.width, whole.width);
        let (y, height) = axis(crop.y, crop.height, whole.height);
        Window { x, y, width, height }
    }
}

/// A layout on paper.
#[derive(Debug, Clone)]
pub struct Composition {
    layout: Layout,
    paper: Paper,
    subjects: Vec<Subject>,
    fields: Fields,
    /// Pictures of a page.
    slots: usize,
    pages: usize,
}

/// What a page's blocks ask for while it is drawn.
pub(super) struct Scene<'a> {
    composition: &'a Composition,
    page: usize,
    /// Millimetres across and down of the pictures as they are printed, where a text wants to know.
    sizes: BTreeMap<usize, (f64, f64)>,
}

impl Scene<'_> {
    /// The picture in a slot of this page, from 1. `None` where the pictures are used up.
    pub fn picture(&self, slot: u32) -> Option<usize> {
        let index = self.page.checked_mul(self.composition.slots)? + (slot as usize).checked_sub(1)?;
        (index < self.composition.subjects.len()).then_some(index)
    }

    pub fn subject(&self, picture: usize) -> Option<&Subject> {
        self.composition.subjects.get(picture)
    }

    /// A text with its fields filled in: the picture's own first, then the page's. Without `breaks` a value stays on one
    /// line.
    pub fn words(&self, text: &str, picture: Option<usize>, breaks: bool) -> String {
        let own = picture.and_then(|p| self.subject(p)).map(|s| &s.fields);
        filled(text, |name| {
            let value = own
                .and_then(|f| f.get(name))
                .or_else(|| self.composition.fields.get(name))
                .unwrap_or_default();
            match name {
                "page" => (self.page + 1).to_string(),
                "pages" => self.composition.pages.to_string(),
                "size" if value.is_empty() => {
                    let size = picture.and_then(|p| self.sizes.get(&p));
                    size.map_or(String::new(), |(x, y)| format!("{x:.0} × {y:.0} mm"))
                }
                _ if breaks => value.to_owned(),
                _ => value.lines().collect::<Vec<_>>().join(" "),
            }
        })
    }
}

impl Composition {
    /// Checks everything and counts the pages. Pages are drawn one at a time by [`Composition::page`].
    ///
    /// # Errors
    /// [`LayoutError`].
    pub fn new(layout: Layout, paper: Paper, subjects: Vec<Subject>, fields: Fields) -> Result<Self, LayoutError> {
        check::layout(&layout)?;
        if subjects.len() > limits::PICTURES {
            return Err(LayoutError::TooMany {
                what: "pictures",
                most: limits::PICTURES,
            });
        }
        if let Some(empty) = subjects
            .iter()
            .position(|s| s.picture.width == 0 || s.picture.height == 0)
        {
            return Err(LayoutError::Empty(empty + 1));
        }
        letters::check(&layout, &subjects, &fields)?;
        let slots = layout.pictures();
        if slots > 0 && subjects.is_empty() {
            return Err(LayoutError::NoPicture);
        }
        let mut made = Composition {
            pages: if slots == 0 { 1 } else { subjects.len().div_ceil(slots) },
            layout,
            paper,
            subjects,
            fields,
            slots,
        };
        let ground = made.ground(0)?;
        let mut pages = made.pages;
        for (place, chart) in made.charts() {
            let on_page = chart::capacity(chart, &ground, &place)?;
            pages = pages.max((chart.patches as usize).div_ceil(on_page.max(1)));
        }
        made.pages = pages;
        if made.pages > limits::PAGES {
            return Err(LayoutError::TooMany {
                what: "pages",
                most: limits::PAGES,
            });
        }
        Ok(made)
    }

    /// How many pages there are.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Draws a page, from 0. A picture's index in it is that of the subjects given.
    ///
    /// # Errors
    /// [`LayoutError`] when something on it has no room, or there is no such page.
    pub fn page(&self, index: usize) -> Result<Page, LayoutError> {
        if index >= self.pages {
            return Err(LayoutError::NoPage(index + 1));
        }
        let ground = self.ground(index)?;
        let mut scene = Scene {
            composition: self,
            page: index,
            sizes: BTreeMap::new(),
        };
        if self.layout.words().contains("size") {
            scene.sizes = self.sizes(&ground, &scene)?;
        }
        let mut canvas = Canvas::new(&ground);
        if let Some(colour) = self.layout.background {
            canvas.fill_all(colour.0)?;
        }
        for (number, block) in self.layout.blocks.iter().enumerate() {
            let place = block.place(number);
            match block {
                Block::Picture(single) => cell::single(&mut canvas, &scene, single, &place)?,
                Block::Grid(wanted) => grid::draw(&mut canvas, &scene, wanted, &place)?,
                Block::Text(text) => {
                    let frame = ground.frame(&text.frame, &place)?;
                    let hand = Hand {
                        size: text.size,
                        floor: text.shrink_to.unwrap_or(text.size),
                        ink: text.colour.0,
                        cut: text.cut,
                    };
                    let words = scene.words(&text.text, scene.picture(1), true);
                    canvas.block(&words, &frame, (text.anchor, text.turn), &hand, &place)?;
                }
                Block::Fill(panel) => {
                    let frame = ground.frame(&panel.frame, &place)?;
                    canvas.fill(&frame, panel.colour.0)?;
                    if let Some(wanted) = &panel.marks {
                        marks::draw(&mut canvas, wanted, &[frame.x0, frame.x1], &[frame.y0, frame.y1])?;
                    }
                }
                Block::Wedge(wedge) => chart::wedge(&mut canvas, wedge, &place)?,
                Block::Chart(wanted) => chart::draw(&mut canvas, wanted, index, &place)?,
            }
        }
        let page = Page {
            sheet: ground.size,
            elements: canvas.finish(),
        };
        if !self.across(index) {
            return Ok(page);
        }
        Ok(turn_left(page, |picture| {
            let head = self.subjects.get(picture).map(|s| (s.picture.width, s.picture.height));
            head.unwrap_or((0, 0))
        }))
    }

    /// How large a page's pictures are printed, by their numbers.
    fn sizes(&self, ground: &Ground, scene: &Scene) -> Result<BTreeMap<usize, (f64, f64)>, LayoutError> {
        let mut canvas = Canvas::blank(ground);
        for (number, block) in self.layout.blocks.iter().enumerate() {
            let place = block.place(number);
            match block {
                Block::Picture(single) => cell::single(&mut canvas, scene, single, &place)?,
                Block::Grid(wanted) => grid::draw(&mut canvas, scene, wanted, &place)?,
                _ => {}
            }
        }
        Ok(canvas.sizes())
    }

    /// The same composition as one looks at it: where the first page is turned to how its sheet is fed, on a sheet that
    /// is fed the other way.
    ///
    /// # Errors
    /// [`LayoutError`].
    pub fn upright(&self) -> Result<Composition, LayoutError> {
        if !self.across(0) {
            return Ok(self.clone());
        }
        let (fed, dots) = (self.paper.margins, self.paper.dots);
        let paper = Paper {
            sheet: self.paper.sheet.turned(),
            margins: Margins {
                top: fed.left,
                right: fed.top,
                bottom: fed.right,
                left: fed.bottom,
            },
            dots: Resolution { x: dots.y, y: dots.x },
        };
        Composition::new(self.layout.clone(), paper, self.subjects.clone(), self.fields.clone())
    }

    /// What it is laid out on.
    pub fn paper(&self) -> &Paper {
        &self.paper
    }

    /// All pages at once.
    ///
    /// # Errors
    /// [`LayoutError`], of the first page that can't be drawn.
    pub fn all(&self) -> Result<Vec<Page>, LayoutError> {
        (0..self.pages).map(|index| self.page(index)).collect()
    }

    /// The same composition in small: at the resolution, of whole dots per inch, whose longer side has at most `side`
    /// pixels.
    ///
    /// # Errors
    /// [`LayoutError`].
    pub fn preview(&self, side: u32) -> Result<Composition, LayoutError> {
        let longer = self
            .paper
            .sheet
            .x
            .as_hundredths()
            .max(self.paper.sheet.y.as_hundredths())
            .max(1);
        let dots = u64::from(side) * 2540 / u64::from(longer.unsigned_abs());
        let dots = u32::try_from(dots).unwrap_or(limits::DOTS).clamp(1, limits::DOTS);
        let paper = Paper {
            dots: Resolution::square(dots),
            ..self.paper.clone()
        };
        Composition::new(self.layout.clone(), paper, self.subjects.clone(), self.fields.clone())
    }

    /// The patches of the layout's charts with where they are found, for whoever measures them.
    ///
    /// # Errors
    /// [`LayoutError`].
    pub fn chart(&self) -> Result<Vec<Patch>, LayoutError> {
        let ground = self.ground(0)?;
        let mut all = Vec::new();
        for (place, chart) in self.charts() {
            all.extend(chart::listed(chart, &ground, &place)?);
        }
        Ok(all)
    }

    fn charts(&self) -> Vec<(SmolStr, &Chart)> {
        let blocks = self.layout.blocks.iter().enumerate();
        let charts = blocks.filter_map(|(number, block)| match block {
            Block::Chart(chart) => Some((block.place(number), chart)),
            _ => None,
        });
        charts.collect()
    }

    fn ground(&self, page: usize) -> Result<Ground, LayoutError> {
        Ground::new(&self.layout, &self.paper, self.across(page))
    }

    /// Whether a page is composed a quarter turn from how its sheet is fed.
    fn across(&self, page: usize) -> bool {
        let (x, y) = (self.paper.sheet.x, self.paper.sheet.y);
        let first = self.subjects.get(page.saturating_mul(self.slots));
        match self.layout.orientation {
            Upright::AsFed => false,
            Upright::Portrait => x > y,
            Upright::Landscape => x < y,
            Upright::Auto => first.is_some_and(|subject| {
                let (width, height) = subject.shape();
                (width > height && x < y) || (width < height && x > y)
            }),
        }
    }
}

impl Subject {
    /// Width and height of what is shown, on paper at its own resolution or in pixels: only their ratio counts.
    fn shape(&self) -> (f64, f64) {
        let (window, own) = (self.window(), self.picture.resolution);
        let own = own.map_or((1.0, 1.0), |r| (f64::from(r.x.max(1)), f64::from(r.y.max(1))));
        (window.width / own.0, window.height / own.1)
    }
}
