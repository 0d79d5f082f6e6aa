// expect: Type 'number' is not assignable to type 'string'
export const unit: string = 1
