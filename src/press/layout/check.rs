//! The limits of a description, checked before anything is laid out.

use smol_str::{SmolStr, format_smolstr};

use super::describe::{
    Block, Border, Caption, Chart, Edges, Frame, Gap, Grid, Layout, Look, Marks, Pictures, Text, Upright, Wedge, Wrap,
};
use super::{LayoutError, grid, limits, short};

impl Block {
    /// Its name in a template.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Block::Picture(_) => "picture",
            Block::Grid(_) => "grid",
            Block::Text(_) => "text",
            Block::Fill(_) => "fill",
            Block::Wedge(_) => "wedge",
            Block::Chart(_) => "chart",
        }
    }

    /// How a person finds it: its number from 1, and its kind.
    pub(super) fn place(&self, number: usize) -> SmolStr {
        format_smolstr!("block {} ({})", number + 1, self.kind())
    }

    /// Its texts with fields, each with the field's name.
    pub fn texts(&self) -> Vec<(&'static str, &str)> {
        let captions: &[Caption] = match self {
            Block::Text(text) => return vec![("text", &text.text)],
            Block::Picture(single) => &single.caption,
            Block::Grid(wanted) => &wanted.caption,
            _ => &[],
        };
        captions.iter().map(|c| ("caption.text", c.text.as_str())).collect()
    }
}

/// One place that is checked.
struct Check<'a>(&'a str);

impl Check<'_> {
    fn wrong(&self, field: &str, why: impl Into<String>) -> LayoutError {
        let place = if self.0.is_empty() {
            field.to_owned()
        } else {
            format!("{}, {field}", self.0)
        };
        LayoutError::field(place, why)
    }

    fn within(&self, field: &str, value: f64, low: f64, high: f64, unit: &str) -> Result<(), LayoutError> {
        if value >= low && value <= high {
            return Ok(());
        }
        let (value, low, high) = (short(value), short(low), short(high));
        Err(self.wrong(field, format!("{value} is not between {low} and {high}{unit}")))
    }

    fn length(&self, field: &str, value: f64) -> Result<(), LayoutError> {
        self.within(field, value, 0.0, limits::MM, " mm")
    }

    fn count(&self, field: &str, value: u32, low: u32, high: u32) -> Result<(), LayoutError> {
        if (low..=high).contains(&value) {
            return Ok(());
        }
        Err(self.wrong(field, format!("{value} is not between {low} and {high}")))
    }

    fn edges(&self, field: &str, edges: &Edges) -> Result<(), LayoutError> {
        edges.each().into_iter().try_for_each(|v| self.length(field, v))
    }

    fn gap(&self, field: &str, gap: &Gap, low: f64) -> Result<(), LayoutError> {
        [gap.x, gap.y]
            .into_iter()
            .try_for_each(|v| self.within(field, v, low, limits::MM, " mm"))
    }

    /// Sizes of letters; `of` is where their fields are: nothing, or `caption.`.
    fn points(&self, of: &str, size: f64, floor: Option<f64>) -> Result<(), LayoutError> {
        self.within(&format!("{of}size"), size, 1.0, limits::POINTS, " points")?;
        match floor {
            Some(floor) => self.within(&format!("{of}shrink-to"), floor, 1.0, limits::POINTS, " points"),
            None => Ok(()),
        }
    }

    fn frame(&self, frame: &Frame) -> Result<(), LayoutError> {
        let Frame {
            left,
            right,
            top,
            bottom,
            width,
            height,
            of: _,
        } = *frame;
        for (field, value) in [
            ("frame.left", left),
            ("frame.right", right),
            ("frame.top", top),
            ("frame.bottom", bottom),
        ] {
            self.within(field, value.unwrap_or(0.0), -limits::MM, limits::MM, " mm")?;
        }
        for (field, value) in [("frame.width", width), ("frame.height", height)] {
            self.within(field, value.unwrap_or(1.0), 0.01, limits::MM, " mm")?;
        }
        if left.is_some() && width.is_some() && right.is_some() {
            return Err(self.wrong("frame", "left, width and right say too much; leave one of them out"));
        }
        if top.is_some() && height.is_some() && bottom.is_some() {
            return Err(self.wrong("frame", "top, height and bottom say too much; leave one of them out"));
        }
        Ok(())
    }

    fn look(&self, look: &Look) -> Result<(), LayoutError> {
        self.within("look.aspect", look.aspect.unwrap_or(1.0), 0.01, 100.0, "")?;
        for v in look.focus.into_iter().flatten() {
            self.within("look.focus", v, 0.0, 1.0, "")?;
        }
        self.gap("look.offset", &look.offset, -limits::MM)?;
        self.within("look.long-side", look.long_side.unwrap_or(1.0), 1.0, limits::MM, " mm")
    }

    fn border(&self, border: &Border) -> Result<(), LayoutError> {
        self.edges("border.width", &border.width)?;
        self.length("border.weight", border.weight)?;
        self.within(
            "border.line.width",
            border.line.map_or(0.1, |l| l.width),
            0.01,
            50.0,
            " mm",
        )
    }

    fn wrap(&self, wrap: &Wrap, border: Option<&Border>) -> Result<(), LayoutError> {
        self.length("wrap.width", wrap.width)?;
        if border.is_some() {
            return Err(self.wrong("wrap", "a wrapped picture has no border; leave one of them out"));
        }
        Ok(())
    }

    fn marks(&self, marks: Option<&Marks>) -> Result<(), LayoutError> {
        let Some(marks) = marks else { return Ok(()) };
        self.within("marks.length", marks.length, 0.0, 30.0, " mm")?;
        self.within("marks.gap", marks.gap, 0.0, 30.0, " mm")?;
        self.within("marks.width", marks.width, 0.01, 10.0, " mm")
    }

    fn captions(&self, captions: &[Caption]) -> Result<(), LayoutError> {
        if captions.len() > limits::CAPTIONS {
            return Err(self.wrong(
                "caption",
                format!("at most {} captions; make them fewer", limits::CAPTIONS),
            ));
        }
        for caption in captions {
            self.points("caption.", caption.size, caption.shrink_to)?;
            self.length("caption.gap", caption.gap)?;
            self.words("caption.text", &caption.text)?;
        }
        Ok(())
    }

    fn words(&self, field: &str, text: &str) -> Result<(), LayoutError> {
        super::words::names(text).map_err(|why| self.wrong(field, why))?;
        Ok(())
    }

    fn slot(&self, picture: Option<u32>) -> Result<(), LayoutError> {
        self.count("picture", picture.unwrap_or(1), 1, limits::SLOTS)
    }

    fn grid(&self, grid: &Grid) -> Result<(), LayoutError> {
        self.frame(&grid.frame)?;
        self.count("rows", grid.rows, 1, limits::LINES)?;
        self.count("columns", grid.columns, 1, limits::LINES)?;
        self.slot(grid.picture)?;
        self.slot(Some(grid.picture.unwrap_or(1) - 1 + grid::slots(grid)))?;
        self.gap("gutter", &grid.gutter, 0.0)?;
        if let Some(cell) = &grid.cell {
            self.within("cell.width", cell.width, 0.1, limits::MM, " mm")?;
            self.within("cell.height", cell.height, 0.1, limits::MM, " mm")?;
        }
        self.look(&grid.look)?;
        if let Some(border) = &grid.border {
            self.border(border)?;
        }
        self.captions(&grid.caption)?;
        if grid.pictures == Pictures::Split && !grid.caption.is_empty() {
            return Err(self.wrong(
                "caption",
                "the parts of one picture have no captions; add a text block instead",
            ));
        }
        self.marks(grid.marks.as_ref())
    }

    fn text(&self, text: &Text) -> Result<(), LayoutError> {
        self.frame(&text.frame)?;
        self.points("", text.size, text.shrink_to)?;
        self.words("text", &text.text)
    }

    fn wedge(&self, wedge: &Wedge) -> Result<(), LayoutError> {
        self.frame(&wedge.frame)?;
        self.count("steps", wedge.steps, 2, limits::STEPS)?;
        if wedge.ramps.is_empty() || wedge.ramps.len() > 32 {
            return Err(self.wrong("ramps", "name 1 to 32 of them, for example [\"grey\"]"));
        }
        self.length("gap", wedge.gap)
    }

    fn chart(&self, chart: &Chart, orientation: Upright) -> Result<(), LayoutError> {
        self.frame(&chart.frame)?;
        self.count("patches", chart.patches, 1, limits::PATCHES)?;
        self.count("cube", chart.cube, 0, 21)?;
        self.count("greys", chart.greys, 0, 256)?;
        let named = chart.cube.pow(3) + chart.greys;
        if named > chart.patches {
            return Err(self.wrong(
                "patches",
                format!("the cube and the greys are {named} already; ask for as many or more"),
            ));
        }
        self.gap("patch", &chart.patch, 0.5)?;
        self.gap("gap", &chart.gap, 0.0)?;
        if orientation == Upright::Auto {
            return Err(LayoutError::field(
                "orientation",
                "a chart does not turn with a picture; choose \"as-fed\", \"portrait\" or \"landscape\"",
            ));
        }
        Ok(())
    }
}

/// Checks a description.
///
/// # Errors
/// [`LayoutError::Field`], of the first field that is wrong.
pub(super) fn layout(layout: &Layout) -> Result<(), LayoutError> {
    let head = Check("");
    head.edges("margin", &layout.margin)?;
    head.within("overspray", layout.overspray, 0.0, limits::OVERSPRAY, " mm")?;
    if layout.blocks.is_empty() || layout.blocks.len() > limits::BLOCKS {
        return Err(head.wrong("block", format!("a layout has 1 to {} blocks", limits::BLOCKS)));
    }
    for (number, block) in layout.blocks.iter().enumerate() {
        let place = block.place(number);
        let check = Check(&place);
        match block {
            Block::Picture(single) => {
                check.frame(&single.frame)?;
                check.slot(single.picture)?;
                check.look(&single.look)?;
                if let Some(border) = &single.border {
                    check.border(border)?;
                }
                if let Some(wrap) = &single.wrap {
                    check.wrap(wrap, single.border.as_ref())?;
                }
                check.captions(&single.caption)?;
                check.marks(single.marks.as_ref())?;
            }
            Block::Grid(grid) => check.grid(grid)?,
            Block::Text(text) => check.text(text)?,
            Block::Fill(panel) => {
                check.frame(&panel.frame)?;
                check.marks(panel.marks.as_ref())?;
            }
            Block::Wedge(wedge) => check.wedge(wedge)?,
            Block::Chart(chart) => check.chart(chart, layout.orientation)?,
        }
    }
    Ok(())
}
