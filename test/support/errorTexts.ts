import * as path from "node:path";
import ts from "typescript";

const provider = path.join(__dirname, "../../provider");

/** The lists to which code adds the lines that a command prints as its problems. */
const LISTS = /^(problems|undecided)$/;
/** The fields of an object that become part of a message. */
const FIELDS = /^(problem|reason|why|error|failure)$/;
/** The functions whose result is a line for the user. */
const TELLERS = /(Problem|reasonTo\w+|reasonNotToAbort|[wW]arnings?)$/;
const LIST_METHODS = /^(filter|join|slice|map|flatMap)$/;
/** A part of a message that has fewer words is no sentence. */
const SENTENCE_WORDS = 4;
/** The functions whose result says only what to do. */
const ADVICE = /^\w*[aA]dvice\w*$/;

export interface ErrorTexts {
  /** The texts that one would look up: what an error is made of, and the parts of it that are sentences. */
  readonly sentences: ReadonlySet<string>;
  /** These, and the shorter parts. */
  readonly all: ReadonlySet<string>;
}

/**
 * The texts of every error and problem that the package can print, from its code: `…` stands for what is only known
 * when it happens. A text that is put together of several has one entry for each part. What is only advice is left out.
 */
export function errorTexts(): ErrorTexts {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path.join(provider, "tsconfig.json"), (file) => ts.sys.readFile(file)).config,
    ts.sys,
    provider,
  );
  const roots = ts.sys.readDirectory(provider, [".ts"], ["dist", "node_modules"]);
  const program = ts.createProgram(roots, { ...options, noEmit: true });
  const found = new Texts(program.getTypeChecker());
  const files = program.getSourceFiles().filter((file) => roots.includes(path.normalize(file.fileName)));
  for (const file of files) found.readCalls(file);
  for (const file of files) found.readRoots(file);
  return found;
}

class Texts implements ErrorTexts {
  readonly sentences = new Set<string>();
  readonly all = new Set<string>();
  private readonly visited = new Set<ts.Node>();
  /** The calls of each function. */
  private readonly calls = new Map<ts.Symbol, (ts.CallExpression | ts.NewExpression)[]>();

  constructor(private readonly checker: ts.TypeChecker) {}

  readCalls(node: ts.Node): void {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const called = this.symbolOf(node.expression);
      if (called !== undefined) this.calls.set(called, [...(this.calls.get(called) ?? []), node]);
    }
    ts.forEachChild(node, (child) => this.readCalls(child));
  }

  readRoots(node: ts.Node): void {
    if (ts.isNewExpression(node) && this.isError(node)) {
      for (const argument of node.arguments ?? []) if (this.isText(argument)) this.read(argument, true);
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression;
      const list = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
      if (name.text === "push" && LISTS.test(list.getText())) node.arguments.forEach((argument) => this.read(argument));
    }
    if (ts.isPropertyAssignment(node) && (FIELDS.test(node.name.getText()) || this.makesText(node.initializer)))
      this.read(node.initializer);
    if (ts.isShorthandPropertyAssignment(node) && FIELDS.test(node.name.text)) {
      const value = this.checker.getShorthandAssignmentValueSymbol(node)?.valueDeclaration;
      if (value !== undefined && ts.isVariableDeclaration(value) && value.initializer) this.read(value.initializer);
    }
    if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && TELLERS.test(node.name?.getText() ?? ""))
      this.readReturns(node);
    if (ts.isVariableDeclaration(node) && TELLERS.test(node.name.getText()) && node.initializer) {
      if (ts.isArrowFunction(node.initializer)) this.partsOf(node.initializer).forEach((part) => this.read(part));
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword)
      for (const argument of node.arguments) if (this.isText(argument)) this.read(argument);
    ts.forEachChild(node, (child) => this.readRoots(child));
  }

  /**
   * Adds the text of an expression, and those of all that it is put together from.
   *
   * @param isWhole Whether it is the whole of an error's message. Default: a part of one.
   */
  private read(node: ts.Expression, isWhole = false): void {
    const part = withoutParentheses(node);
    if (this.visited.has(part)) return;
    this.visited.add(part);
    const text = this.textOf(part);
    const plain = text === undefined ? "" : plainText(text);
    const words = plain.split(/\s+/).filter((word) => /\w{2}/.test(word)).length;
    if (words > 0) this.all.add(plain);
    if (words >= SENTENCE_WORDS || (isWhole && words > 0)) this.sentences.add(plain);
    this.partsOf(part).forEach((inner) => this.read(inner));
  }

  /** The text of a literal, a template or a sum, with `…` for what is not constant. Undefined for anything else. */
  private textOf(node: ts.Expression): string | undefined {
    const part = withoutParentheses(node);
    if (ts.isStringLiteral(part) || ts.isNoSubstitutionTemplateLiteral(part)) return part.text;
    if (ts.isTemplateExpression(part)) {
      const spans = part.templateSpans.map(({ expression, literal }) => this.constantOf(expression) + literal.text);
      return part.head.text + spans.join("");
    }
    if (isSum(part) && this.isText(part)) return this.constantOf(part.left) + this.constantOf(part.right);
    return undefined;
  }

  private constantOf(node: ts.Expression): string {
    const text = this.textOf(node);
    if (text !== undefined) return text;
    const type = this.checker.getTypeAtLocation(node);
    if (type.isNumberLiteral()) return String(type.value);
    const declaration = ts.isIdentifier(node) ? this.symbolOf(node)?.valueDeclaration : undefined;
    const isConstant =
      declaration !== undefined && ts.isVariableDeclaration(declaration) && /^[A-Z_]+$/.test(node.getText());
    return (isConstant && declaration.initializer && this.textOf(declaration.initializer)) || "…";
  }

  /** The expressions whose values become part of the value of an expression. */
  private partsOf(node: ts.Expression): ts.Expression[] {
    if (ts.isTemplateExpression(node))
      return node.templateSpans.flatMap(({ expression }) => this.changingPartsOf(expression));
    if (isSum(node)) return [node.left, node.right].flatMap((side) => this.changingPartsOf(side));
    if (ts.isBinaryExpression(node)) return [node.left, node.right];
    if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse];
    if (ts.isArrayLiteralExpression(node))
      return node.elements.map((one) => (ts.isSpreadElement(one) ? one.expression : one));
    if (ts.isAwaitExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node)) return [node.expression];
    if (ts.isCallExpression(node)) return this.partsOfCall(node);
    if (ts.isArrowFunction(node)) return ts.isBlock(node.body) ? returnsOf(node) : [node.body];
    if (ts.isElementAccessExpression(node)) return [node.expression];
    if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return this.partsOfName(node);
    return [];
  }

  /** A part of a text, unless it is constant: then the text has it already. */
  private changingPartsOf(node: ts.Expression): ts.Expression[] {
    const part = withoutParentheses(node);
    if (this.textOf(part) !== undefined) return this.partsOf(part);
    return this.constantOf(part) === "…" ? [part] : [];
  }

  private partsOfCall(node: ts.CallExpression): ts.Expression[] {
    const declaration = this.symbolOf(node.expression)?.valueDeclaration;
    const own = declaration !== undefined && isOurs(declaration) ? declaration : undefined;
    if (ADVICE.test(this.symbolOf(node.expression)?.name ?? "")) return [];
    if (own !== undefined && (ts.isFunctionDeclaration(own) || ts.isMethodDeclaration(own))) return returnsOf(own);
    if (own !== undefined && ts.isVariableDeclaration(own) && own.initializer) return [own.initializer];
    // Such as `[one, two].filter(Boolean).join(" ")`.
    const isOfList = ts.isPropertyAccessExpression(node.expression) && LIST_METHODS.test(node.expression.name.text);
    return isOfList ? [node.expression.expression, ...node.arguments] : [];
  }

  private partsOfName(node: ts.Identifier | ts.PropertyAccessExpression): ts.Expression[] {
    const declaration = this.symbolOf(node)?.valueDeclaration;
    if (declaration === undefined || !isOurs(declaration)) return [];
    if (ts.isParameter(declaration)) return this.argumentsFor(declaration);
    if (ts.isVariableDeclaration(declaration) && declaration.initializer) return [declaration.initializer];
    return [];
  }

  /** What the calls of a function pass for a parameter. */
  private argumentsFor(parameter: ts.ParameterDeclaration): ts.Expression[] {
    const owner = parameter.parent;
    const index = owner.parameters.indexOf(parameter);
    const name = ts.isConstructorDeclaration(owner) || !("name" in owner) ? owner.parent : owner;
    const declared = ts.isArrowFunction(owner) && ts.isVariableDeclaration(owner.parent) ? owner.parent : name;
    const identifier = (declared as { name?: ts.Node }).name;
    const symbol = identifier === undefined ? undefined : this.symbolOf(identifier);
    return (symbol === undefined ? [] : (this.calls.get(symbol) ?? [])).flatMap(
      ({ arguments: given }) => given?.[index] ?? [],
    );
  }

  private readReturns(node: ts.FunctionDeclaration | ts.MethodDeclaration): void {
    for (const one of returnsOf(node)) this.read(one);
  }

  private isError(node: ts.NewExpression): boolean {
    const type = this.checker.getTypeAtLocation(node);
    return ["message", "stack"].every((name) => type.getProperty(name) !== undefined);
  }

  /** Whether it is a function of one expression that gives a text or nothing, such as the check of an input. */
  private makesText(node: ts.Expression): boolean {
    if (!ts.isArrowFunction(node) || ts.isBlock(node.body)) return false;
    const [signature] = this.checker.getTypeAtLocation(node).getCallSignatures();
    const type = signature?.getReturnType();
    const kinds = type === undefined ? [] : type.isUnion() ? type.types : [type];
    return kinds.length > 0 && kinds.every(({ flags }) => flags & (ts.TypeFlags.StringLike | ts.TypeFlags.Undefined));
  }

  private isText(node: ts.Expression): boolean {
    return (this.checker.getTypeAtLocation(node).flags & ts.TypeFlags.StringLike) !== 0;
  }

  private symbolOf(node: ts.Node): ts.Symbol | undefined {
    const symbol = this.checker.getSymbolAtLocation(ts.isPropertyAccessExpression(node) ? node.name : node);
    return symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** Without what an unknown part at either end leaves there, and without an end of which only the period is constant. */
function plainText(text: string): string {
  return text
    .replace(/…+/g, "…")
    .replace(/…?\.…$/, "")
    .replace(/^[…\s]+(?=\w)(?<=\s)|\s+…?\s*$/g, "")
    .trim();
}

function withoutParentheses(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? withoutParentheses(node.expression) : node;
}

function isSum(node: ts.Expression): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

function isOurs(node: ts.Node): boolean {
  return !node.getSourceFile().isDeclarationFile;
}

/** The results of a function, but not those of functions in it. */
function returnsOf(node: ts.FunctionLikeDeclaration): ts.Expression[] {
  const found: ts.Expression[] = [];
  const look = (one: ts.Node): void => {
    if (ts.isReturnStatement(one) && one.expression !== undefined) found.push(one.expression);
    else if (!ts.isFunctionLike(one)) ts.forEachChild(one, look);
  };
  if (node.body !== undefined) ts.forEachChild(node.body, look);
  return found;
}
