-- Maps the briefing's classes to the functions of template.typ.
--
-- The page is walked from the top. Whatever has a function of its own in the template is
-- rendered here, contents and all, into raw Typst; everything else is left to pandoc.
-- Smart typography is off: quotes and dashes are printed as they were written.

local FORMAT = 'typst-smart'
local NBSP = '\u{a0}'
local LONGEST_BOX = 30 -- characters; anything longer may have to break after all
local SHORTEST_BREAK = 7 -- characters; a shorter word with a hyphen stays whole
local filter = {}

-- Typst's string literal for any text.
local function quoted(text)
  return '"' .. text:gsub('[\\"]', '\\%0'):gsub('%s+', ' ') .. '"'
end

-- A call of one of the template's functions, closed so that nothing that follows joins it.
local function call(name, arguments, content)
  return '#' .. name .. '(' .. arguments .. ')[' .. content .. ']'
end

local function render(blocks)
  local text = pandoc.write(pandoc.Pandoc(blocks:walk(filter)), FORMAT, { wrap_text = 'none' })
  return (text:gsub('%s+$', ''))
end

local function raw(text)
  return pandoc.RawInline('typst', text)
end

-- At the start of a block Typst would take a =, +, -, / or 1. for the mark of a heading or a
-- list, and pandoc does not see to it in lists and cells.
local function unmarked(inlines)
  local first = inlines[1]
  if first and first.t == 'Str' and (first.text:find('^[=+/-]') or first.text:find('^%d+[.)]')) then
    inlines[1] = raw('#' .. quoted(first.text) .. ';')
  end
  return inlines
end

-- The content of a cell or a definition, walked, to stand between brackets on one line.
local function bracketed(blocks)
  local only = blocks[1]
  if #blocks > 1 or (only and only.t ~= 'Plain' and only.t ~= 'Para') then
    return pandoc.Inlines { raw(render(blocks)) }
  end
  return only and unmarked(only.content:walk(filter)) or pandoc.Inlines {}
end

local function typst(text)
  return pandoc.RawBlock('typst', text)
end

local function blocks_between(before, content, after)
  local all = pandoc.Blocks { typst(before) }
  all:extend(content)
  all:insert(typst(after))
  return all
end

-- The target of links to an element, where the page has any (`data-anchor`).
local function anchor(attributes)
  local name = attributes.anchor
  return name and ('#anchor(' .. quoted(name) .. ')') or ''
end

-- Words that must stay on one line -------------------------------------------------------

-- Typst reads --, ... and -5 as shorthands for other characters; a string is left alone.
local function has_shorthand(text)
  return text:find('%-%-') or text:find('%.%.%.') or text:find('%-%?') or text:find('%-%d')
end

local function is_whole(text)
  local joined = text:find('.' .. NBSP .. '.') or text:find('%d[%%]?[–/]%S*%d')
  local hyphened = text:match('^%W*(%w+%-%w+)%W*$')
  if hyphened and #hyphened < SHORTEST_BREAK then return true end
  return joined and utf8.len(text) <= LONGEST_BOX
end

local function is_span(element, class)
  return element and element.t == 'Span' and element.classes:includes(class)
end

-- A box keeps words together with ordinary spaces, which copy and search as such. It takes in
-- the reference after it: beside a box Typst may break a line.
function filter.Inlines(inlines)
  local out = pandoc.Inlines {}
  local at = 1
  while at <= #inlines do
    local this, after = inlines[at], inlines[at + 1]
    local slot = is_span(after, 'slot')
    if this.t == 'Str' and (slot or is_whole(this.text)) then
      out:insert(raw('#whole[#' .. quoted(this.text:gsub(NBSP, ' ')) .. ';'))
      if slot or is_span(after, 'refs') then
        out:insert(after)
        at = at + 1
      end
      out:insert(raw(']'))
    elseif this.t == 'Str' and has_shorthand(this.text) then
      out:insert(raw('#' .. quoted(this.text) .. ';'))
    else
      out:insert(this)
    end
    at = at + 1
  end
  return out
end

-- Spans and images -----------------------------------------------------------------------

local SPANS = { 'refs', 'slot', 'below', 'confidence', 'where', 'entry' }

function filter.Span(span)
  for _, name in ipairs(SPANS) do
    if span.classes:includes(name) then
      local arguments = span.attributes.chars or ''
      if name == 'entry' then
        arguments = quoted(span.attributes.anchor or '')
      end
      local out = span.content:walk(filter)
      out:insert(1, raw('#' .. name .. '(' .. arguments .. ')['))
      out:insert(raw(']'))
      return out, false
    end
  end
  if #anchor(span.attributes) > 0 then
    return pandoc.Inlines { raw(anchor(span.attributes)), span }
  end
  return nil
end

-- An empty alternative text is left out, so that Typst refuses the image.
function filter.Image(image)
  local alt = pandoc.utils.stringify(image.caption)
  local described = #alt > 0 and (', alt: ' .. quoted(alt)) or ''
  return raw('#picture(' .. quoted(image.src) .. described .. ')'), false
end

-- Headings -------------------------------------------------------------------------------

-- Plain text only: what stands here becomes a bookmark. The page's h1 is the document's title,
-- so its h2 are the first level here.
function filter.Header(header)
  local number, words = '', pandoc.Inlines {}
  for _, element in ipairs(header.content) do
    if element.t == 'Span' and element.classes:includes('numbering') then
      number = pandoc.utils.stringify(element)
    else
      words:insert(element)
    end
  end
  local title = pandoc.utils.stringify(words):gsub('^%s+', '')
  local level = math.max(header.level - 1, 1)
  local arguments = level .. ', ' .. quoted(number) .. ', ' .. quoted(title)
  local name = header.attributes.anchor
  if name then arguments = arguments .. ', name: ' .. quoted(name) end
  return typst('#section(' .. arguments .. ')'), false
end

-- Tables ---------------------------------------------------------------------------------

local function cell_inlines(cell, header)
  local options = {}
  if cell.col_span > 1 then table.insert(options, 'colspan: ' .. cell.col_span) end
  if cell.row_span > 1 then table.insert(options, 'rowspan: ' .. cell.row_span) end
  if cell.classes:includes('figure') then table.insert(options, 'align: right') end
  local scope = cell.attributes.scope or ''
  local head = header and 'column-head' or (scope:find('group') and 'group-head')
    or (scope ~= '' and 'row-head')
  local inlines = bracketed(cell.contents)
  inlines:insert(1, raw('table.cell(' .. table.concat(options, ', ') .. ')['
    .. (head and '#' .. head .. '[' or '')))
  inlines:insert(raw((head and ']' or '') .. '], '))
  return inlines
end

local function add_rows(out, rows, header)
  for _, row in ipairs(rows) do
    local line = pandoc.Inlines {}
    for _, cell in ipairs(row.cells) do line:extend(cell_inlines(cell, header)) end
    out:insert(pandoc.Plain(line))
  end
end

function filter.Table(tbl)
  local columns = tbl.attributes.columns or tostring(#tbl.colspecs)
  local heads = #tbl.head.rows
  local out = pandoc.Blocks {
    typst('#data-table(columns: ' .. columns .. ', heads: ' .. heads .. ','),
  }
  if heads > 0 then
    out:insert(typst('table.header('))
    add_rows(out, tbl.head.rows, true)
    out:insert(typst('head-rule),'))
  end
  for _, body in ipairs(tbl.bodies) do
    add_rows(out, body.head, true)
    add_rows(out, body.body, false)
  end
  add_rows(out, tbl.foot.rows, false)
  out:insert(typst(')'))
  return out, false
end

-- Divisions ------------------------------------------------------------------------------

local PARTS = { numbering = true, title = true, subtitle = true, foot = true }

local function exhibit(div)
  local arguments, body = {}, pandoc.Blocks {}
  for _, block in ipairs(div.content) do
    local part = block.t == 'Div' and block.classes[1]
    if PARTS[part] then
      -- The target sits in the label, so that a link lands where the exhibit begins.
      local target = part == 'numbering' and anchor(div.attributes) or ''
      table.insert(arguments, part .. ': [' .. target .. render(block.content) .. ']')
    else
      body:insert(block)
    end
  end
  local kind = div.classes:includes('table') and 'exhibit-table' or 'exhibit-chart'
  if div.attributes.long then table.insert(arguments, 'long: true') end
  return typst(call(kind, table.concat(arguments, ', '), render(body)))
end

-- The lists of a page are claims; nothing else is defined in it.
local function definitions(list)
  local out = pandoc.Blocks { typst('#claims(') }
  for _, item in ipairs(list.content) do
    local blocks = pandoc.Blocks {}
    for _, definition in ipairs(item[2]) do blocks:extend(definition) end
    local line = item[1]:walk(filter)
    line:insert(1, raw('terms.item(['))
    line:insert(raw('], ['))
    line:extend(bracketed(blocks))
    line:insert(raw(']),'))
    out:insert(pandoc.Plain(line))
  end
  out:insert(typst(')'))
  return out
end

-- Classes of blocks, in the order in which they are looked for, and their functions.
local WRAPPED = {
  { 'front', 'front' },
  { 'annex', 'annex' },
  { 'entries', 'two-columns' },
  { 'lede', 'lede' },
  { 'judgements', 'judgements' },
  { 'note', 'note' },
  { 'further', 'further' },
  { 'foot', 'foot-line' },
}

function filter.Div(div)
  if div.classes:includes('exhibit') then return exhibit(div), false end
  local content = div.content:walk(filter)
  for _, pair in ipairs(WRAPPED) do
    if div.classes:includes(pair[1]) then
      return blocks_between('#' .. pair[2] .. '[', content, ']'), false
    end
  end
  local target = anchor(div.attributes)
  if #target > 0 then content:insert(1, typst(target)) end
  return content, false
end

function filter.DefinitionList(list)
  return definitions(list), false
end

function filter.Plain(block)
  block.content = unmarked(block.content)
  return block
end

filter.Para = filter.Plain

function filter.HorizontalRule()
  return typst('#rule()'), false
end

filter.traverse = 'topdown'

return { filter }
