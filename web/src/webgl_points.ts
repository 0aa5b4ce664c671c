// Draws the points with WebGL2: one call, whatever their number. Survives a lost context.

import type { Camera } from "./camera.ts";
import type { PointRenderer, PointStyle } from "./renderer.ts";

const vertexSource = `#version 300 es
in vec2 position;
in vec4 color;
uniform vec2 center;
uniform vec2 scale;
uniform float size;
uniform float opacity;
out vec4 paint;
void main() {
  gl_Position = vec4((position - center) * scale, 0.0, 1.0);
  gl_PointSize = size + 1.0;
  paint = vec4(color.rgb, color.a * opacity);
}`;

// A disc with a soft edge one device pixel wide.
const fragmentSource = `#version 300 es
precision highp float;
in vec4 paint;
uniform float size;
out vec4 result;
void main() {
  float distance = length(gl_PointCoord - 0.5) * (size + 1.0);
  float alpha = paint.a * clamp(size * 0.5 + 0.5 - distance, 0.0, 1.0);
  result = vec4(paint.rgb * alpha, alpha);
}`;

export class WebglPoints implements PointRenderer {
  readonly kind = "webgl2";
  private readonly canvas: HTMLCanvasElement;
  private readonly gl: WebGL2RenderingContext;
  private program!: WebGLProgram;
  private positions = new Float32Array();
  private rgba = new Uint8Array();
  private order = new Uint32Array();
  private ratio = 1;

  /**
   * Null where the browser has no WebGL2, or makes it without a graphics card. `restored` is told when
   * a lost context is back.
   */
  static make(canvas: HTMLCanvasElement, restored: () => void): WebglPoints | null {
    const gl = canvas.getContext("webgl2", {
      antialias: false,
      failIfMajorPerformanceCaveat: true,
      preserveDrawingBuffer: true,  // So that the page prints with its points.
    });
    if (!gl) return null;
    if (isSoftware(gl)) {
      gl.getExtension("WEBGL_lose_context")?.loseContext();
      return null;
    }
    return new WebglPoints(canvas, gl, restored);
  }

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, restored: () => void) {
    this.canvas = canvas;
    this.gl = gl;
    this.prepare();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.prepare();
      this.uploadPositions();
      this.uploadColors();
      restored();
    });
  }

  private prepare(): void {
    const { gl } = this;
    this.program = linked(gl, vertexSource, fragmentSource);
    gl.useProgram(this.program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindVertexArray(gl.createVertexArray());
    this.attribute("position", 2, gl.FLOAT, false);
    this.attribute("color", 4, gl.UNSIGNED_BYTE, true);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  }

  private readonly buffers: Record<string, WebGLBuffer | null> = {};

  private attribute(name: string, size: number, type: number, normalized: boolean): void {
    const { gl } = this;
    this.buffers[name] = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    const place = gl.getAttribLocation(this.program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, type, normalized, 0, 0);
  }

  resize(width: number, height: number, ratio: number): void {
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
  }

  setPositions(x: Float32Array, y: Float32Array): void {
    this.positions = new Float32Array(2 * x.length);
    for (let i = 0; i < x.length; i++) {
      this.positions[2 * i] = x[i];
      this.positions[2 * i + 1] = y[i];
    }
    this.uploadPositions();
  }

  setColors(rgba: Uint8Array, order: Uint32Array): void {
    this.rgba = rgba as Uint8Array<ArrayBuffer>;
    this.order = order as Uint32Array<ArrayBuffer>;
    this.uploadColors();
  }

  private uploadPositions(): void {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.position);
    gl.bufferData(gl.ARRAY_BUFFER, this.positions, gl.STATIC_DRAW);
  }

  private uploadColors(): void {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.color);
    gl.bufferData(gl.ARRAY_BUFFER, this.rgba, gl.STATIC_DRAW);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, this.order, gl.STATIC_DRAW);
  }

  draw(camera: Camera, style: PointStyle): void {
    const { gl, canvas } = this;
    if (gl.isContextLost()) return;
    const uniform = (name: string) => gl.getUniformLocation(this.program, name);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(uniform("center"), camera.x, camera.y);
    gl.uniform2f(uniform("scale"), (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height);
    gl.uniform1f(uniform("size"), style.size * this.ratio);
    gl.uniform1f(uniform("opacity"), style.opacity);
    gl.drawElements(gl.POINTS, this.order.length, gl.UNSIGNED_INT, 0);
  }
}

/** Not every browser that should refuse a slow context does; but this one tells what makes it. */
function isSoftware(gl: WebGL2RenderingContext): boolean {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = names ? String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL)) : "";
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}

function linked(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type);
    if (!shader) continue;  // The context is lost; nothing can be made, and nothing will be drawn.
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`the points' shaders do not link: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}
